"""Chinese for foreign titles: put together from known facts, or asked of a model that the office set up."""

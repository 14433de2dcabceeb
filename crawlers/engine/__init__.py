"""What every source shares: cards, polite fetching, kept bodies, audit, and the run that ends in a landing folder."""

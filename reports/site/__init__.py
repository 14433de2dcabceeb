"""The static 技贸措施专栏: facts in, files out. It works from a folder, without a server, a database or a clock."""

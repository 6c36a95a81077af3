"""The bundle and its two templates, held to the platforms' own tools and parts."""

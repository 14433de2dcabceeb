"""Knowledge as data: product concepts and the words that frame them."""

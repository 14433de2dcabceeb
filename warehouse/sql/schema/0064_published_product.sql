-- What is published of a sentence of ours that quotes a product by its name: codes stay, which look like numbers.
CREATE MACRO published_product(words, product_name, published_name) AS
CASE
    WHEN coalesce(product_name, '') = '' THEN words
    ELSE replace(words, product_name, published_name)
END;
COMMENT ON MACRO published_product IS 'What is published of a sentence of ours that quotes a product.'; -- noqa: PRS

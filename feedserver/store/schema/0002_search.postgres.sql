-- Words as our own tokeniser makes them; PostgreSQL's parsers and dictionaries stay out of it.
CREATE TABLE entry_words (
    entry_id BIGINT PRIMARY KEY REFERENCES entry ON DELETE CASCADE,
    words TSVECTOR NOT NULL
);

CREATE INDEX entry_words_words ON entry_words USING gin (words);

-- SQLite's json_each, as far as we use it: so that one SQL text can take a list of values.
CREATE FUNCTION json_each(list TEXT) RETURNS TABLE (value TEXT) LANGUAGE sql IMMUTABLE ROWS 50
AS 'SELECT json_array_elements_text(CAST($1 AS JSON))';

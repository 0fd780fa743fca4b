-- Words as our own tokeniser makes them: divided by spaces, and all else that is not ASCII belongs to a word.
-- Found by the rowid of their entry: newest first costs nothing.
CREATE VIRTUAL TABLE entry_words USING fts5 (words, detail = none, tokenize = 'ascii');

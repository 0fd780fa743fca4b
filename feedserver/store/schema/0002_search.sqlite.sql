-- Words as our own tokeniser makes them, found by the rowid of their entry: newest first costs nothing.
CREATE VIRTUAL TABLE entry_words USING fts5 (words, detail = none, tokenize = 'unicode61');

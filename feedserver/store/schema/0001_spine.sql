-- One text for both databases: INTEGER is 64 bits wide on both (the PostgreSQL driver writes BIGINT),
-- moments are microseconds since 1970 UTC, flags are SMALLINT, JSON is TEXT opened in Python.
-- Ids come from `counter`, whose row stays locked until commit: so ids are committed in their order,
-- and who reads "all after id N" misses nothing (PostgreSQL's sequences do not promise that).

CREATE TABLE counter (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
);

INSERT INTO counter (name, value)
VALUES ('act', 0), ('article', 0), ('change', 0), ('entry', 0), ('source', 0), ('story', 0), ('token', 0);

CREATE TABLE lease (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    number INTEGER NOT NULL,
    leased_until INTEGER NOT NULL
);

CREATE TABLE source (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    url TEXT NOT NULL,
    host TEXT NOT NULL,
    owner TEXT NOT NULL,
    country TEXT NOT NULL,
    language TEXT NOT NULL,
    kind TEXT NOT NULL,
    rights TEXT NOT NULL,
    section TEXT,
    interval_us INTEGER NOT NULL,
    verified SMALLINT NOT NULL,
    origin TEXT NOT NULL,
    followed SMALLINT NOT NULL DEFAULT 1,
    etag TEXT,
    last_modified TEXT,
    validators_url TEXT,
    body_sha256 TEXT,
    ttl_us INTEGER NOT NULL DEFAULT 0,
    next_poll_at INTEGER NOT NULL,
    next_poll_reason TEXT NOT NULL DEFAULT '',
    leased_until INTEGER NOT NULL DEFAULT 0,
    lease INTEGER NOT NULL DEFAULT 0,
    failures INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT 'new',
    gone_since INTEGER,
    last_polled_at INTEGER,
    last_ok_at INTEGER
);

CREATE INDEX source_due ON source (next_poll_at) WHERE followed = 1;

-- A host that asked for rest is left alone with all its feeds.
CREATE TABLE host_rest (
    host TEXT PRIMARY KEY,
    rest_until INTEGER NOT NULL,
    reason TEXT NOT NULL
);

CREATE TABLE attempt (
    source_id INTEGER NOT NULL REFERENCES source ON DELETE CASCADE,
    at INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    status SMALLINT,
    entries INTEGER NOT NULL,
    new INTEGER NOT NULL,
    revised INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    took_us INTEGER NOT NULL,
    reason TEXT NOT NULL,
    findings TEXT NOT NULL,
    PRIMARY KEY (source_id, at)
);

CREATE TABLE story (
    id INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    lead_id INTEGER NOT NULL,
    language TEXT,
    first_seen_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    revision INTEGER NOT NULL DEFAULT 1,
    merged_into INTEGER REFERENCES story
);

CREATE TABLE entry (
    id INTEGER PRIMARY KEY,
    source_id INTEGER NOT NULL REFERENCES source,
    guid TEXT,
    link TEXT,
    canonical TEXT,
    link_key INTEGER,
    title_key INTEGER,
    title TEXT NOT NULL,
    summary TEXT NOT NULL,
    content TEXT NOT NULL,
    author TEXT NOT NULL,
    language TEXT,
    published_at INTEGER,
    updated_at INTEGER,
    extras TEXT NOT NULL,
    received TEXT,
    hash TEXT NOT NULL,
    stamp TEXT NOT NULL,
    first_seen_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    revisions INTEGER NOT NULL DEFAULT 0,
    story_id INTEGER REFERENCES story,
    filed_at INTEGER
);

CREATE INDEX entry_unfiled ON entry (id) WHERE filed_at IS NULL;
CREATE INDEX entry_story ON entry (story_id);
CREATE INDEX entry_link ON entry (link_key) WHERE link_key IS NOT NULL;
CREATE INDEX entry_title ON entry (source_id, title_key) WHERE title_key IS NOT NULL;

-- Every name under which a source has sent an entry: guids and links, as 63-bit keys.
CREATE TABLE identity (
    source_id INTEGER NOT NULL,
    key INTEGER NOT NULL,
    entry_id INTEGER NOT NULL REFERENCES entry ON DELETE CASCADE,
    PRIMARY KEY (source_id, key)
);

CREATE TABLE revision (
    entry_id INTEGER NOT NULL REFERENCES entry ON DELETE CASCADE,
    number INTEGER NOT NULL,
    title TEXT NOT NULL,
    summary TEXT NOT NULL,
    content TEXT NOT NULL,
    link TEXT,
    replaced_at INTEGER NOT NULL,
    PRIMARY KEY (entry_id, number)
);

CREATE TABLE edge (
    entry_id INTEGER NOT NULL REFERENCES entry ON DELETE CASCADE,
    other_id INTEGER NOT NULL REFERENCES entry ON DELETE CASCADE,
    method TEXT NOT NULL,
    score DOUBLE PRECISION NOT NULL,
    evidence TEXT NOT NULL,
    algorithm TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    PRIMARY KEY (entry_id, other_id, method)
);

-- Two entries of one source that the poller found to be one thing; the filer joins their stories.
CREATE TABLE twin (
    entry_id INTEGER NOT NULL REFERENCES entry ON DELETE CASCADE,
    other_id INTEGER NOT NULL REFERENCES entry ON DELETE CASCADE,
    found_at INTEGER NOT NULL,
    joined_at INTEGER,
    PRIMARY KEY (entry_id, other_id)
);

CREATE INDEX twin_waiting ON twin (entry_id) WHERE joined_at IS NULL;

CREATE TABLE story_section (
    section TEXT NOT NULL,
    story_id INTEGER NOT NULL REFERENCES story ON DELETE CASCADE,
    reason TEXT NOT NULL,
    PRIMARY KEY (section, story_id)
);

CREATE INDEX story_section_story ON story_section (story_id);

CREATE TABLE story_source (
    source_id INTEGER NOT NULL REFERENCES source,
    story_id INTEGER NOT NULL REFERENCES story ON DELETE CASCADE,
    PRIMARY KEY (source_id, story_id)
);

CREATE TABLE article (
    id INTEGER PRIMARY KEY,
    owner TEXT NOT NULL,
    external_id TEXT UNIQUE,
    guid TEXT NOT NULL UNIQUE,
    atom_id TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    version INTEGER NOT NULL,
    seq INTEGER NOT NULL UNIQUE,
    published_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    title TEXT NOT NULL,
    content TEXT NOT NULL,
    sections TEXT NOT NULL,
    note TEXT NOT NULL DEFAULT '',
    story_id INTEGER REFERENCES story,
    lead_id INTEGER REFERENCES entry
);

CREATE INDEX article_newest ON article (published_at);
CREATE INDEX article_amended ON article (updated_at)
WHERE state IN ('corrected', 'retracted', 'withdrawn');

CREATE TABLE article_section (
    section TEXT NOT NULL,
    article_id INTEGER NOT NULL REFERENCES article ON DELETE CASCADE,
    published_at INTEGER NOT NULL,
    PRIMARY KEY (section, published_at, article_id)
);

CREATE INDEX article_section_article ON article_section (article_id);

-- Moments at which feeds change by themselves: an embargo ends, a retraction has been told enough.
CREATE TABLE article_due (
    at INTEGER NOT NULL,
    article_id INTEGER NOT NULL REFERENCES article ON DELETE CASCADE,
    PRIMARY KEY (at, article_id)
);

CREATE TABLE article_revision (
    article_id INTEGER NOT NULL REFERENCES article ON DELETE CASCADE,
    version INTEGER NOT NULL,
    state TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    content TEXT NOT NULL,
    sections TEXT NOT NULL,
    note TEXT NOT NULL,
    replaced_at INTEGER NOT NULL,
    PRIMARY KEY (article_id, version)
);

-- A story is picked into a section once: the primary key says so, whoever asks at the same time.
CREATE TABLE pick (
    story_id INTEGER NOT NULL REFERENCES story,
    section TEXT NOT NULL,
    article_id INTEGER NOT NULL REFERENCES article,
    PRIMARY KEY (story_id, section)
);

CREATE TABLE fragment (
    article_id INTEGER NOT NULL REFERENCES article ON DELETE CASCADE,
    format TEXT NOT NULL,
    made_of TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (article_id, format)
);

CREATE TABLE feed (
    name TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    shown INTEGER NOT NULL DEFAULT 0,
    shown_at INTEGER NOT NULL DEFAULT 0,
    made_of TEXT NOT NULL DEFAULT ''
);

CREATE TABLE document (
    feed TEXT NOT NULL REFERENCES feed ON DELETE CASCADE,
    format TEXT NOT NULL,
    version INTEGER NOT NULL,
    etag TEXT NOT NULL,
    modified_at INTEGER NOT NULL,
    body BLOB NOT NULL,
    gzip BLOB NOT NULL,
    PRIMARY KEY (feed, format)
);

CREATE TABLE token (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    revoked_at INTEGER,
    last_used_at INTEGER
);

CREATE TABLE act (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    revision INTEGER NOT NULL,
    detail TEXT NOT NULL
);

CREATE INDEX act_subject ON act (subject, seq);

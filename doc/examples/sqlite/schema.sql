-- SPDX-License-Identifier: Apache-2.0
-- Connections as rows: what stands here is what pluto shall have. Every change
-- queues the connection's name, and push tells pluto.

CREATE TABLE connection (
	name TEXT PRIMARY KEY CHECK (name <> '' AND name NOT GLOB '*[^A-Za-z0-9_.-]*' AND name NOT GLOB '-*'),
	-- what becomes of it: known, routed (negotiated when there is traffic), or up
	wanted TEXT NOT NULL DEFAULT 'add' CHECK (wanted IN ('add', 'route', 'up'))
);

-- Options of whack, without the dashes: side is left, right, or empty for what
-- is the connection's as a whole.
CREATE TABLE setting (
	connection TEXT NOT NULL REFERENCES connection (name) ON DELETE CASCADE ON UPDATE CASCADE,
	side TEXT NOT NULL CHECK (side IN ('', 'left', 'right')),
	option TEXT NOT NULL CHECK (option <> '' AND option NOT GLOB '*[^a-z0-9_-]*'),
	value TEXT NOT NULL DEFAULT '' CHECK (instr(value, char(10)) = 0),
	PRIMARY KEY (connection, side, option)
);

-- Names whose connection is to be made what the rows say, the oldest first.
CREATE TABLE change (number INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL);

CREATE TRIGGER connection_new AFTER INSERT ON connection
BEGIN INSERT INTO change (name) VALUES (new.name); END;
CREATE TRIGGER connection_other AFTER UPDATE ON connection
BEGIN INSERT INTO change (name) SELECT old.name UNION SELECT new.name; END;
CREATE TRIGGER connection_gone AFTER DELETE ON connection
BEGIN INSERT INTO change (name) VALUES (old.name); END;
CREATE TRIGGER setting_new AFTER INSERT ON setting
BEGIN INSERT INTO change (name) VALUES (new.connection); END;
CREATE TRIGGER setting_other AFTER UPDATE ON setting
BEGIN INSERT INTO change (name) SELECT old.connection UNION SELECT new.connection; END;
CREATE TRIGGER setting_gone AFTER DELETE ON setting
BEGIN INSERT INTO change (name) VALUES (old.connection); END;

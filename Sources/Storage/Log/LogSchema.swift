/// The tables of a coordinator's log.
///
/// `logHash` has, at level 0, the hash of each entry and, at level L, the roots of complete subtrees of 256^L
/// entries: what tiles hold. The store itself refuses to change or delete an entry, whatever a program tries.
enum LogSchema {
  static let version1 = """
    CREATE TABLE logEntry (
      number INTEGER PRIMARY KEY, kind INTEGER NOT NULL,
      subject BLOB NOT NULL CHECK (length(subject) = 32), place INTEGER NOT NULL,
      bytes BLOB NOT NULL, UNIQUE (kind, subject, place)
    );
    CREATE TABLE logHash (
      level INTEGER NOT NULL, number INTEGER NOT NULL,
      hash BLOB NOT NULL CHECK (length(hash) = 32), PRIMARY KEY (level, number)
    ) WITHOUT ROWID;
    CREATE TABLE logHead (kind TEXT PRIMARY KEY, head BLOB NOT NULL) WITHOUT ROWID;
    CREATE TRIGGER logEntryChanges BEFORE UPDATE ON logEntry
      BEGIN SELECT RAISE(ABORT, 'entries of the log never change'); END;
    CREATE TRIGGER logEntryGoes BEFORE DELETE ON logEntry
      BEGIN SELECT RAISE(ABORT, 'entries of the log are never deleted'); END;
    CREATE TRIGGER logHashChanges BEFORE UPDATE ON logHash
      BEGIN SELECT RAISE(ABORT, 'hashes of the log never change'); END;
    CREATE TRIGGER logHashGoes BEFORE DELETE ON logHash
      BEGIN SELECT RAISE(ABORT, 'hashes of the log are never deleted'); END;
    """
}

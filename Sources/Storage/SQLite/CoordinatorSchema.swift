internal import GRDB

/// The tables of a coordinator.
///
/// Hashes and keys are blobs of 32 bytes, times Unix seconds. Revocations are numbered from 1 in their
/// order and stay for ever, so a number of them says which were known to a round.
enum CoordinatorSchema {
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { try $0.execute(sql: version1) }
    migrator.registerMigration("witnesses") { try $0.execute(sql: witnesses) }
    migrator.registerMigration("log") { try $0.execute(sql: LogSchema.version1) }
    migrator.registerMigration("attendance") { try $0.execute(sql: attendance) }
    migrator.registerMigration("contributions") { try $0.execute(sql: contributions) }
    migrator.registerMigration("sums") { try $0.execute(sql: sums) }
    return migrator
  }

  private static let sums = """
    CREATE TABLE releasedSum (
      round INTEGER PRIMARY KEY REFERENCES round (id), survivors INTEGER NOT NULL,
      packed BLOB NOT NULL
    );
    """

  private static let contributions = """
    CREATE TABLE contribution (
      device BLOB NOT NULL CHECK (length(device) = 32), task BLOB NOT NULL CHECK (length(task) = 32),
      count INTEGER NOT NULL, PRIMARY KEY (device, task)
    ) WITHOUT ROWID;
    """

  private static let witnesses = """
    CREATE TABLE witness (
      identity BLOB PRIMARY KEY CHECK (length(identity) = 32),
      anchor BLOB NOT NULL CHECK (length(anchor) = 32), url TEXT NOT NULL, pin BLOB
    ) WITHOUT ROWID;
    CREATE TABLE witnessList (
      id INTEGER PRIMARY KEY CHECK (id = 1), serial INTEGER NOT NULL, document BLOB NOT NULL
    );
    """

  private static let version1 = """
    CREATE TABLE joinCode (
      hash BLOB PRIMARY KEY CHECK (length(hash) = 32), expiry INTEGER NOT NULL, usedBy BLOB
    ) WITHOUT ROWID;
    CREATE TABLE device (
      identity BLOB PRIMARY KEY CHECK (length(identity) = 32), certificate BLOB NOT NULL,
      enrolledAt INTEGER NOT NULL, revokedAt INTEGER, revocation INTEGER UNIQUE,
      CHECK ((revokedAt IS NULL) = (revocation IS NULL))
    ) WITHOUT ROWID;
    CREATE INDEX deviceByEnrollment ON device (enrolledAt);
    CREATE TABLE plan (
      number INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
      document BLOB NOT NULL, signature BLOB NOT NULL, state TEXT NOT NULL, catalogue BLOB
    );
    CREATE TABLE model (
      number INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
      parent BLOB, plan BLOB NOT NULL REFERENCES plan (hash), task BLOB, round INTEGER,
      createdAt INTEGER NOT NULL, UNIQUE (task, round)
    );
    CREATE TABLE currentModel (
      plan BLOB PRIMARY KEY REFERENCES plan (hash), hash BLOB NOT NULL REFERENCES model (hash)
    ) WITHOUT ROWID;
    CREATE TABLE pinnedModel (
      plan BLOB PRIMARY KEY REFERENCES plan (hash), hash BLOB NOT NULL REFERENCES model (hash)
    ) WITHOUT ROWID;
    CREATE TABLE round (
      id INTEGER PRIMARY KEY, task BLOB NOT NULL CHECK (length(task) = 32), number INTEGER NOT NULL,
      plan BLOB NOT NULL REFERENCES plan (hash), configuration BLOB NOT NULL,
      openedAt INTEGER NOT NULL, endedAt INTEGER, model BLOB REFERENCES model (hash),
      reason INTEGER, revocations INTEGER NOT NULL, UNIQUE (task, number),
      CHECK (model IS NULL OR reason IS NULL)
    );
    CREATE INDEX openRound ON round (endedAt) WHERE endedAt IS NULL;
    CREATE TABLE journal (
      round INTEGER NOT NULL REFERENCES round (id), sequence INTEGER NOT NULL,
      kind INTEGER NOT NULL, step INTEGER NOT NULL, device BLOB, digest BLOB NOT NULL,
      bytes BLOB NOT NULL, PRIMARY KEY (round, sequence)
    ) WITHOUT ROWID;
    CREATE UNIQUE INDEX oneMessage ON journal (round, step, device) WHERE device IS NOT NULL;
    CREATE TABLE partialSum (
      round INTEGER PRIMARY KEY REFERENCES round (id), blob BLOB NOT NULL, members BLOB NOT NULL,
      count INTEGER NOT NULL
    );
    """

  private static let attendance = """
    CREATE TABLE attendance (
      day INTEGER PRIMARY KEY, count INTEGER NOT NULL, isWhole INTEGER NOT NULL
    ) WITHOUT ROWID;
    """
}

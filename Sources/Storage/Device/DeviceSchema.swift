internal import GRDB

/// The tables of a device.
enum DeviceSchema {
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { try $0.execute(sql: version1) }
    migrator.registerMigration("log") { try $0.execute(sql: log) }
    migrator.registerMigration("ledger") { try $0.execute(sql: ledger) }
    migrator.registerMigration("checkIn") { try $0.execute(sql: checkIn) }
    return migrator
  }

  /// Days (UTC) on which a coordinator may have counted the device.
  private static let checkIn = """
    CREATE TABLE checkIn (
      day INTEGER NOT NULL, coordinator BLOB NOT NULL CHECK (length(coordinator) = 32),
      PRIMARY KEY (day, coordinator)
    ) WITHOUT ROWID;
    """

  /// What was spent, and of which rounds the log has yet to say how they ended: 0 nothing was heard, 1 the model
  /// that was named, 2 that the round was aborted.
  private static let ledger = """
    CREATE TABLE ledger (number INTEGER PRIMARY KEY, box BLOB NOT NULL);
    ALTER TABLE charge ADD COLUMN mechanism BLOB;
    ALTER TABLE round ADD COLUMN survivorCount INTEGER;
    CREATE TABLE awaitedEnd (
      task BLOB NOT NULL CHECK (length(task) = 32), round INTEGER NOT NULL,
      heard INTEGER NOT NULL CHECK (heard IN (0, 1, 2)), model BLOB,
      PRIMARY KEY (task, round), CHECK ((heard = 1) = (model IS NOT NULL))
    ) WITHOUT ROWID;
    INSERT INTO awaitedEnd (task, round, heard, model) SELECT task, round, 1, model FROM unsettled;
    DROP TABLE unsettled;
    """

  private static let log = """
    CREATE TABLE receipt (
      kind INTEGER NOT NULL, subject BLOB NOT NULL CHECK (length(subject) = 32),
      number INTEGER NOT NULL, entry BLOB NOT NULL, head BLOB NOT NULL,
      PRIMARY KEY (kind, subject, number)
    ) WITHOUT ROWID;
    CREATE TABLE unsettled (
      task BLOB NOT NULL CHECK (length(task) = 32), round INTEGER NOT NULL, model BLOB NOT NULL,
      PRIMARY KEY (task, round)
    ) WITHOUT ROWID;
    """

  private static let version1 = """
    CREATE TABLE setting (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
    CREATE TABLE event (
      number INTEGER PRIMARY KEY, happenedAt INTEGER NOT NULL, box BLOB NOT NULL
    );
    CREATE INDEX eventByTime ON event (happenedAt);
    CREATE TABLE round (
      task BLOB NOT NULL CHECK (length(task) = 32), number INTEGER NOT NULL,
      transcript BLOB NOT NULL, day INTEGER NOT NULL, expiry INTEGER NOT NULL,
      ended INTEGER NOT NULL DEFAULT 0, survivors BLOB, unmask BLOB, PRIMARY KEY (task, number)
    ) WITHOUT ROWID;
    CREATE TABLE charge (
      task BLOB NOT NULL, round INTEGER NOT NULL, chargedAt INTEGER NOT NULL,
      description BLOB NOT NULL, PRIMARY KEY (task, round)
    ) WITHOUT ROWID;
    CREATE TABLE witness (
      identity BLOB PRIMARY KEY CHECK (length(identity) = 32), position INTEGER NOT NULL,
      value BLOB NOT NULL
    ) WITHOUT ROWID;
    """
}

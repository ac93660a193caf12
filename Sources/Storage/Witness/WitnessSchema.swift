internal import GRDB

/// The tables of a witness: what it has promised, for ever.
enum WitnessSchema {
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { try $0.execute(sql: version1) }
    migrator.registerMigration("log") { try $0.execute(sql: log) }
    return migrator
  }

  private static let log = """
    CREATE TABLE head (
      id INTEGER PRIMARY KEY CHECK (id = 1), size INTEGER NOT NULL, head BLOB NOT NULL
    );
    CREATE TABLE evidence (number INTEGER PRIMARY KEY, heads BLOB NOT NULL UNIQUE);
    """

  private static let version1 = """
    CREATE TABLE reveal (
      position INTEGER PRIMARY KEY, task BLOB NOT NULL CHECK (length(task) = 32),
      round INTEGER NOT NULL, config BLOB NOT NULL CHECK (length(config) = 32),
      cohort BLOB NOT NULL CHECK (length(cohort) = 32), cohortSize INTEGER NOT NULL,
      UNIQUE (task, round)
    );
    CREATE TABLE cosignature (
      number INTEGER PRIMARY KEY, cohort BLOB NOT NULL UNIQUE CHECK (length(cohort) = 32),
      survivors BLOB NOT NULL CHECK (length(survivors) = 32)
    );
    """
}

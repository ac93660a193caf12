internal import GRDB

/// The tables of a witness: what it has promised, for ever.
enum WitnessSchema {
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { try $0.execute(sql: version1) }
    return migrator
  }

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

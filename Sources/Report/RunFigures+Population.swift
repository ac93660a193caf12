extension RunFigures {
  /// Whose behaviour it was, and what cleaning did to it.
  package struct PopulationFigures: Codable, Sendable {
    package var name: String
    package var licence: String?
    package var isSynthetic: Bool
    /// The data set that was asked for, where it could not be had and this was generated instead.
    package var standsInFor: String?
    /// BLAKE2b-256 of catalogue and events after cleaning, hexadecimal.
    package var digest: String
    package var users: Int
    /// Of the users those on whom quality was measured.
    package var evaluatedUsers: Int
    /// Of those the ones whose last two items have one time: the order of the file decided which of
    /// them was held out.
    package var tiedUsers: Int
    package var items: Int
    package var events: Int
    package var rowsRead: Int
    package var cleaning: [CleaningFigures]
    /// The first bad rows, as examples.
    package var badRows: [BadRowFigures]
    package var badRowCount: Int

    package init(
      name: String, licence: String?, isSynthetic: Bool, standsInFor: String?, digest: String,
      users: Int, evaluatedUsers: Int, tiedUsers: Int, items: Int, events: Int, rowsRead: Int,
      cleaning: [CleaningFigures], badRows: [BadRowFigures], badRowCount: Int
    ) {
      self.name = name
      self.licence = licence
      self.isSynthetic = isSynthetic
      self.standsInFor = standsInFor
      self.digest = digest
      self.users = users
      self.evaluatedUsers = evaluatedUsers
      self.tiedUsers = tiedUsers
      self.items = items
      self.events = events
      self.rowsRead = rowsRead
      self.cleaning = cleaning
      self.badRows = badRows
      self.badRowCount = badRowCount
    }
  }

  /// One kind of finding of the cleaning.
  package struct CleaningFigures: Codable, Sendable {
    package var step: String
    package var count: Int
    package var action: String

    package init(
      step: String, count: Int, action: String
    ) {
      self.step = step
      self.count = count
      self.action = action
    }
  }

  /// A row that could not be read.
  package struct BadRowFigures: Codable, Sendable {
    package var file: String
    package var line: Int
    package var reason: String

    package init(
      file: String, line: Int, reason: String
    ) {
      self.file = file
      self.line = line
      self.reason = reason
    }
  }
}

/// One thing that has to hold before a client goes on, and the code with which it stops otherwise.
///
/// Checks are values in lists, in the order of the specification. A client always has all of them: the
/// lists can only be chosen inside of this module, and its one initializer for others chooses
/// `ClientChecks.all`. A test can therefore take one away and show that the attack which it prevents
/// then works.
struct Check<Subject>: Sendable {
  let code: AbortCode
  let place: StaticString
  let holds: @Sendable (Subject) -> Bool

  init(
    _ code: AbortCode, _ place: StaticString, _ holds: @escaping @Sendable (Subject) -> Bool
  ) {
    self.code = code
    self.place = place
    self.holds = holds
  }
}

extension Sequence {
  /// Throws the code of the first check that does not hold.
  func verify<Subject>(_ subject: Subject) throws(ProtocolError) where Element == Check<Subject> {
    for check in self where !check.holds(subject) {
      throw ProtocolError(check.code, check.place)
    }
  }
}

internal import CryptoPrimitives
internal import Scenarios
internal import Storage

/// How commands name a plan: by its name, or by its hash.
enum PlanName {
  /// The plan that is meant; a name that several plans have is the newest one's that has not ended.
  ///
  /// - Throws: `HashFault`.
  static func hash(
    _ wanted: HashPrefix, among plans: [PlanRecord]
  ) throws(HashFault) -> Bytes32 {
    let named = plans.filter { name(of: $0) == wanted.text }
    let going = named.filter { !$0.state.successors.isEmpty }
    if let plan = going.last ?? named.last {
      guard going.count <= 1 else {
        throw .ambiguous(kind: "plan", digits: wanted.text, count: going.count)
      }
      return plan.hash
    }
    return try wanted.hash(among: plans.map(\.hash), kind: "plan")
  }

  /// Nil for a document that this version cannot read.
  static func name(of plan: PlanRecord) -> String? {
    do throws(ScenarioError) {
      return try PlanDecoder.decode(
        yaml: String(decoding: plan.document, as: UTF8.self), file: "plan \(plan.hash)"
      ).name
    } catch { return nil }
  }
}

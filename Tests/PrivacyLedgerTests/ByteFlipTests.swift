import Testing

@testable import PrivacyLedger

/// No byte of a bundle is uncovered.
@Suite struct ByteFlipTests {
  @Test func anyChangedByteOfASmallBundleIsFound() throws {
    let bundle = try LedgerFiles.good("one round")
    _ = try LedgerVerifier.verify(bundle)
    var rules: Set<String> = []
    for place in bundle.indices {
      var changed = bundle
      // Another bit each time, so that low and high ones of every kind of field are met.
      changed[place] ^= 1 << UInt8(place % 8)
      do throws(LedgerFinding) {
        _ = try LedgerVerifier.verify(changed)
        Issue.record("byte \(place) is not covered")
      } catch {
        rules.insert(error.rule)
      }
    }
    // Flips are found where they are, not by the hash at the end alone.
    #expect(
      rules.isSuperset(of: ["version", "kind", "other-log", "head-signature", "cosignature"]))
    #expect(rules.isSuperset(of: ["root", "plan-form", "bundle-hash", "authority"]))
  }

  @Test func changedBytesOfALargerBundleAreFound() throws {
    let bundle = try LedgerFiles.good("two plans")
    for step in 0..<200 {
      var changed = bundle
      let place = (step * 7_919) % bundle.count
      changed[place] ^= UInt8(1 + step % 255)
      #expect(throws: LedgerFinding.self, "byte \(place)") { try LedgerVerifier.verify(changed) }
    }
  }

  @Test func nothingMayBeMissingOrAdded() throws {
    let bundle = try LedgerFiles.good("without witnesses")
    for count in stride(from: 0, to: bundle.count, by: 13) {
      #expect(throws: LedgerFinding.self) { try LedgerVerifier.verify(Array(bundle[..<count])) }
    }
    #expect(throws: LedgerFinding.self) { try LedgerVerifier.verify(bundle + [0]) }
  }
}

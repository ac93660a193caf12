import Testing
import TransparencyLog

@testable import PrivacyLedger

/// No byte of a bundle is uncovered.
@Suite struct ByteFlipTests {
  /// A bundle with one byte changed: another bit each time, so that low and high ones of every kind of field are met.
  private static func flipped(_ bundle: [UInt8], _ place: Int) -> [UInt8] {
    var changed = bundle
    changed[place] ^= 1 << UInt8(place % 8)
    return changed
  }

  @Test(arguments: ["version 2: one round", "version 2: without entries"])
  func anyChangedByteOfASmallBundleIsNamedWhereItIs(name: String) throws {
    let bundle = try LedgerFiles.good(name)
    let layout = try BundleLayout(of: AuditBundle(decoding: bundle))
    #expect(layout.byteCount == bundle.count)
    for place in bundle.indices {
      do throws(LedgerFinding) {
        _ = try LedgerVerifier.verify(Self.flipped(bundle, place))
        Issue.record("byte \(place) is not covered")
      } catch {
        #expect(layout.agrees(with: error, at: place), "byte \(place): \(error)")
      }
    }
  }

  @Test func changedBytesOfALargerBundleAreNamedWhereTheyAre() throws {
    let bundle = try LedgerFiles.good("version 2: two plans")
    let layout = try BundleLayout(of: AuditBundle(decoding: bundle))
    for step in 0..<300 {
      var changed = bundle
      let place = (step * 7_919) % bundle.count
      changed[place] ^= UInt8(1 + step % 255)
      let finding = #expect(throws: LedgerFinding.self, "byte \(place)") {
        try LedgerVerifier.verify(changed)
      }
      if let finding {
        #expect(layout.agrees(with: finding, at: place), "byte \(place): \(finding)")
      }
    }
  }

  /// Version 1 has no hashes of entries: the root says that one was changed.
  @Test func anyChangedByteOfASmallBundleOfVersion1IsFound() throws {
    let bundle = try LedgerFiles.good("one round")
    _ = try LedgerVerifier.verify(bundle)
    var rules: Set<String> = []
    for place in bundle.indices {
      do throws(LedgerFinding) {
        _ = try LedgerVerifier.verify(Self.flipped(bundle, place))
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

  @Test func changedBytesOfALargerBundleOfVersion1AreFound() throws {
    let bundle = try LedgerFiles.good("two plans")
    for step in 0..<200 {
      var changed = bundle
      let place = (step * 7_919) % bundle.count
      changed[place] ^= UInt8(1 + step % 255)
      #expect(throws: LedgerFinding.self, "byte \(place)") { try LedgerVerifier.verify(changed) }
    }
  }

  @Test func nothingMayBeMissingOrAdded() throws {
    for name in ["without witnesses", "version 2: one round"] {
      try expectOneLength(of: LedgerFiles.good(name))
    }
  }

  private func expectOneLength(of bundle: [UInt8]) throws {
    for count in stride(from: 0, to: bundle.count, by: 13) {
      #expect(throws: LedgerFinding.self) { try LedgerVerifier.verify(Array(bundle[..<count])) }
    }
    #expect(throws: LedgerFinding.self) { try LedgerVerifier.verify(bundle + [0]) }
  }
}

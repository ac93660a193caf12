import CryptoPrimitives
import Testing
import TestSupport

@Suite struct GroupTests {
  /// Multiples of the generator: RFC 9496, appendix A.1.
  private let multiples = [
    "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76",
    "6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919",
    "94741f5d5d52755ece4f23f044ee27d5d1ea1e2bd196b462166b16152a9d0259",
  ]
  private let order = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010"
  private let orderMinusOne = "ecd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010"

  private func scalar(_ value: UInt8) throws -> SecretScalar {
    try SecretScalar(encoding: SecretBytes(known: [value] + [UInt8](repeating: 0, count: 31)))
  }

  private func encoding(_ hexadecimal: String) throws -> Bytes32 {
    try #require(Bytes32(bytes(hexadecimal)))
  }

  @Test func multiplesOfTheGeneratorMatchRFC9496() throws {
    for (index, expected) in multiples.enumerated() {
      let point = try scalar(UInt8(index + 1)).timesGenerator()
      #expect(hexadecimal(point.encoding.bytes) == expected)
    }
  }

  @Test func agreementIsSymmetric() throws {
    var random = RandomStream.system()
    let first = SecretScalar(random: &random)
    let second = SecretScalar(random: &random)
    let left = try first.times(second.timesGenerator())
    let right = try second.times(first.timesGenerator())
    let isSame = left.isEqual(to: right)
    #expect(isSame && !left.isZero)
    let tripled = try scalar(3).times(GroupElement(encoding: encoding(multiples[0])))
    #expect(hexadecimal(tripled.contents) == multiples[2])
  }

  /// Non-canonical field elements, negative ones, and non-squares: RFC 9496, appendix A.2.
  @Test(arguments: [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371",
    "47cfc5497c53dc8e61c91d17fd626ffb1c49e2bca94eed052281b510b1117a24",
  ]) func invalidEncodingsAreRefused(hexadecimal: String) throws {
    let encoding = try encoding(hexadecimal)
    #expect(throws: CryptoError.invalidPoint) { try GroupElement(encoding: encoding) }
  }

  @Test func scalarsFromTheOrderOnAreRefused() throws {
    let tooLarge = [
      order, "eed3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010",
      String(repeating: "f", count: 64),
    ]
    for text in tooLarge {
      let encoding = try encoding(text)
      #expect(throws: CryptoError.nonCanonicalScalar) { try Scalar(encoding: encoding) }
      #expect(throws: CryptoError.nonCanonicalScalar) {
        _ = try SecretScalar(encoding: SecretBytes(known: bytes(text)))
      }
    }
    #expect(throws: CryptoError.nonCanonicalScalar) {
      _ = try SecretScalar(encoding: SecretBytes(zeros: 31))
    }
    #expect(try Scalar(encoding: encoding(orderMinusOne)) == -Scalar.one)
    _ = try SecretScalar(encoding: SecretBytes(known: bytes(orderMinusOne)))
  }

  @Test func scalarArithmetic() throws {
    // 1/2 modulo L, computed with Python's pow(2, -1, L).
    let half = try Scalar(
      encoding: encoding("f7e97a2e8d31092c6bce7b51ef7c6f0a00000000000000000000000000000008"))
    #expect(try Scalar(2).inverted() == half)
    #expect(half + half == .one)
    #expect(Scalar(6) * half == Scalar(3))
    #expect(Scalar(5) + -Scalar(5) == .zero)
    #expect(Scalar(UInt64.max) + .one == Scalar(1 << 32) * Scalar(1 << 32))
    #expect(throws: CryptoError.zeroScalar) { try Scalar.zero.inverted() }
  }

  @Test func zeroHasNoPoint() throws {
    #expect(throws: CryptoError.zeroScalar) {
      _ = try SecretScalar(encoding: SecretBytes(zeros: 32)).timesGenerator()
    }
    let generator = try GroupElement(encoding: encoding(multiples[0]))
    #expect(throws: CryptoError.zeroScalar) {
      _ = try SecretScalar(encoding: SecretBytes(zeros: 32)).times(generator)
    }
  }

  @Test func polynomialsAndCombinationsMatchIntegers() throws {
    var coefficients = SecretScalars(zeros: 3)
    for (index, value) in [5, 7, 11].enumerated() {
      coefficients.set(index, to: try scalar(UInt8(value)))
    }
    var values = SecretBytes(zeros: 64)
    coefficients.writePolynomialValue(at: Scalar(3), to: &values, at: 32)
    // 5 + 7 * 3 + 11 * 9
    #expect(
      values.contents == [UInt8](repeating: 0, count: 32) + [125] + [UInt8](repeating: 0, count: 31)
    )
    let combined = SecretScalar(
      combining: [Scalar(5), Scalar(7), Scalar(11)], with: [Scalar(2), -Scalar(1), Scalar(3)])
    #expect(combined.bytes.contents.first == UInt8(10 - 7 + 33))
    #expect(coefficients.released(2) == Scalar(11))
    let constant = coefficients.scalar(0)
    #expect(constant.bytes.contents.first == 5)
  }

  @Test func takenInScalarsMustBeCanonical() throws {
    var row = SecretScalars(zeros: 2)
    let box = SecretBytes(known: bytes(order) + bytes(orderMinusOne))
    #expect(throws: CryptoError.nonCanonicalScalar) { try row.set(1, to: box, at: 0) }
    #expect(row.scalar(1).bytes.contents.allSatisfy { $0 == 0 })
    try row.set(1, to: box, at: 32)
    #expect(hexadecimal(row.scalar(1).bytes.contents) == orderMinusOne)
  }

  @Test func randomScalarsDifferAndComeFromTheGivenSource() {
    var first = RandomStream(source: SplitMixSource())
    var second = RandomStream(source: SplitMixSource())
    let row = SecretScalars(random: 3, from: &first)
    let again = SecretScalars(random: 3, from: &second)
    for index in 0..<3 {
      let isSame = row.scalar(index).isEqual(to: again.scalar(index))
      #expect(isSame)
      let isOther = row.scalar(index).isEqual(to: row.scalar((index + 1) % 3))
      #expect(!isOther)
    }
  }
}

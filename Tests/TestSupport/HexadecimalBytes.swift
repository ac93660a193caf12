/// The bytes that hexadecimal digits stand for; stops the test on anything else.
package func bytes(_ hexadecimal: String) -> [UInt8] {
  let digits = hexadecimal.utf8.map { digit in
    guard let value = Character(Unicode.Scalar(digit)).hexDigitValue else {
      preconditionFailure("not a hexadecimal digit in \(hexadecimal)")
    }
    return UInt8(value)
  }
  precondition(digits.count.isMultiple(of: 2), "half a byte in \(hexadecimal)")
  return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

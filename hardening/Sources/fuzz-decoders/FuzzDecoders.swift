/// Runs libFuzzer on one decoder: `fuzz-decoders KIND [libFuzzer's own arguments]`.
@main
enum FuzzDecoders {
  /// Set once, before the fuzzer starts.
  nonisolated(unsafe) static var decoder = Decoder.config

  static func main() {
    guard CommandLine.arguments.count > 1, let chosen = Decoder(rawValue: CommandLine.arguments[1])
    else {
      print("usage: fuzz-decoders KIND [libFuzzer arguments]")
      print("kinds: " + Decoder.allCases.map(\.rawValue).joined(separator: " "))
      return
    }
    unsafe decoder = chosen
    // libFuzzer gets all arguments but the kind.
    var count = CommandLine.argc - 1
    var arguments = unsafe CommandLine.unsafeArgv.advanced(by: 1)
    _ = unsafe runFuzzer(&count, &arguments) { data, count in
      unsafe FuzzDecoders.decoder.check(Array(UnsafeBufferPointer(start: data, count: count)))
      return 0
    }
  }
}

/// The entry point of libFuzzer for programs that have their own `main`.
@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

// Must compile: shows that the two beside it fail for their own reasons. See scripts/check-local-only.
import Behavior
import WireProtocol

func size(_ history: LocalOnly<[UInt8]>) -> Int { history.value.count }
func message(_ bytes: [UInt8]) -> RequestBody { .stepMessage(bytes) }

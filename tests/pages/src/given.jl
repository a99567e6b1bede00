using SafeWasm
engine = WasmEngine()

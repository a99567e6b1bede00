# Names that users of other Wasmtime packages know.

"""
The name that some published examples use for [`WasmModule`](@ref).
"""
const WasModule = WasmModule

"""
Short for [`WasmEngine`](@ref).
"""
const Engine = WasmEngine

"""
Short for [`WasmStore`](@ref).
"""
const Store = WasmStore

"""
Short for [`WasmInstance`](@ref).
"""
const Instance = WasmInstance

# What most programs call first is compiled with the package: on Julia 1.9 and newer to native code.

const FIRST_CALLS = Any[
    Tuple{typeof(open_library)},
    Tuple{Type{WasmConfig}},
    Tuple{Type{WasmEngine}},
    Tuple{Type{WasmEngine},WasmConfig},
    Tuple{Type{WasmStore},WasmEngine},
    Tuple{typeof(wat2wasm),String},
    Tuple{Type{WasmModule},WasmEngine,Vector{UInt8}},
    Tuple{Type{WasmModule},WasmEngine,String},
    Tuple{Type{WasmInstance},WasmStore,WasmModule},
    Tuple{Type{WasmInstance},WasmStore,WasmModule,Vector{Any}},
    Tuple{typeof(exports),WasmModule},
    Tuple{typeof(imports),WasmModule},
    Tuple{typeof(exports),WasmInstance},
    Tuple{typeof(take_functype),Ptr{API.safewasm_functype_t}},
    Tuple{typeof(getproperty),WasmExports,Symbol},
    Tuple{typeof(getindex),WasmExports,String},
    Tuple{WasmFunc},
    Tuple{WasmFunc,Int},
    Tuple{WasmFunc,Int,Int},
    Tuple{WasmFunc,Float64},
    Tuple{WasmFunc,Float64,Float64},
    Tuple{typeof(close),WasmEngine},
    Tuple{typeof(close),WasmStore},
    Tuple{typeof(close),WasmModule},
    Tuple{typeof(close),WasmInstance},
    Tuple{typeof(close),WasmFunc},
]

foreach(precompile, FIRST_CALLS)

# The calls that most programs make first are compiled with the package; on Julia 1.9 and
# newer, to native code. They are listed instead of made: a call would leave the library,
# its thread and its signal handlers in the process that precompiles.

const Add = TypedFunc{Tuple{Int32,Int32},Int32}
const Counter = WasmGlobal{Int32}
const Timeout{T} = NamedTuple{(:timeout,),Tuple{T}}
const Nul = NamedTuple{(:nul,),Tuple{Bool}}
const ListedImport =
    NamedTuple{(:module_name, :name, :type),Tuple{String,String,WasmFuncType}}
const ListedItem = NamedTuple{(:name, :type),T} where {T<:Tuple}

# The type of the function that takes the keywords of `f`.
@static if VERSION >= v"1.9"
    keyword_call(f) = typeof(Core.kwcall)
else
    keyword_call(f) = typeof(Core.kwfunc(f))
end

const FIRST_CALLS = Any[
    # Engines, stores, modules and instances.
    Tuple{typeof(API.open_library)},
    Tuple{Type{WasmConfig}},
    Tuple{typeof(close),WasmConfig},
    Tuple{Type{WasmEngine}},
    Tuple{Type{WasmEngine},WasmConfig},
    Tuple{Type{WasmStore},WasmEngine},
    Tuple{typeof(var"@wat_str"),LineNumberNode,Module,Any},
    Tuple{typeof(wat2wasm),String},
    Tuple{Type{WasmModule},WasmEngine,Vector{UInt8}},
    Tuple{Type{WasmModule},WasmEngine,String},
    Tuple{Type{WasmInstance},WasmStore,WasmModule},
    Tuple{Type{WasmInstance},WasmStore,WasmModule,Vector{Any}},
    Tuple{typeof(new_instance),WasmStore,WasmModule,Any,NamedTuple},
    Tuple{typeof(close),WasmEngine},
    Tuple{typeof(close),WasmStore},
    Tuple{typeof(close),WasmModule},
    Tuple{typeof(close),WasmInstance},

    Tuple{typeof(compiled),WasmModule},
    Tuple{typeof(compiled),WasmEngine,Vector{UInt8}},
    Tuple{typeof(unsafe_load_compiled),WasmEngine,Vector{UInt8}},
    Tuple{typeof(unsafe_load_compiled),WasmEngine,String},
    Tuple{typeof(receive),SentUnit},

    # Imports and exports.
    Tuple{typeof(exports),WasmModule},
    Tuple{typeof(imports),WasmModule},
    Tuple{typeof(all_imports),WasmModule},
    Tuple{Type{Import},String,String,WasmFuncType},
    Tuple{typeof(item_list),Vector{ListedImport},String,Symbol},
    Tuple{Type{ItemList{ListedImport,:module_name}},Vector{ListedImport},String},
    Tuple{typeof(item_list),Vector{ListedItem},String,Symbol},
    Tuple{Type{ItemList{ListedItem,:name}},Vector{ListedItem},String},
    Tuple{typeof(resolve_imports),WasmStore,WasmModule,Any,Any,Symbol,Bool},
    Tuple{typeof(module_items),String,Any,Vector{Import}},
    Tuple{typeof(exports),WasmInstance},
    Tuple{typeof(getproperty),WasmExports,Symbol},
    Tuple{typeof(getindex),WasmExports,String},
    Tuple{typeof(take_functype),Ptr{API.safewasm_functype_t}},

    # Host functions.
    Tuple{typeof(host_for_import),WasmStore,Any,Import},
    Tuple{Type{WasmFunc},WasmStore,DynamicHost},
    Tuple{typeof(entry_pointer),Type{SlotEntry{DynamicHost}}},
    Tuple{typeof(entry_pointer),Type{ValueEntry{DynamicHost}}},
    Tuple{SlotEntry{DynamicHost},Ptr{Cvoid},CallerPtr,Ptr{Slot},Csize_t},
    Tuple{typeof(run_host),DynamicHost,CallerPtr,Ptr{Slot}},
    Tuple{typeof(root!),Roots,Any},
    Tuple{
        typeof(API.safewasm_func_new_slots),
        WasmStore,
        Ptr{API.safewasm_functype_t},
        Ptr{Cvoid},
        Ptr{Cvoid},
        Ptr{Cvoid},
        Base.RefValue{Ptr{API.safewasm_func_t}},
    },

    # Calls.
    Tuple{typeof(call),WasmInstance,String},
    Tuple{typeof(call),WasmInstance,String,Int},
    Tuple{typeof(call),WasmInstance,String,Int,Int},
    Tuple{keyword_call(call),Timeout{Int},typeof(call),WasmInstance,String},
    Tuple{keyword_call(call),Timeout{Float64},typeof(call),WasmInstance,String},
    Tuple{WasmFunc},
    Tuple{WasmFunc,Int},
    Tuple{WasmFunc,Int,Int},
    Tuple{WasmFunc,Float64},
    Tuple{WasmFunc,Float64,Float64},
    Tuple{typeof(close),WasmFunc},
    Tuple{Type{Add},WasmFunc},
    Tuple{Add,Int,Int},
    Tuple{typeof(call_typed),Add,Int,Int},
    Tuple{typeof(result_types),Type{Int32}},
    Tuple{typeof(source),Type{Int32},Int,Vector{Int32},Position{WasmFunc}},
    Tuple{typeof(source),Type{Int32},Vector{Int},Vector{Int32},Position{WasmFunc}},
    Tuple{typeof(source),Type{Int32},Vector{Int32},Vector{Int32},Position{WasmFunc}},
    Tuple{
        typeof(API.safewasm_func_call_bulk),
        WasmFunc,
        Int,
        Ptr{API.safewasm_column_t},
        Int,
        Ptr{API.safewasm_column_t},
        Int,
    },

    # Components.
    Tuple{Type{WasmComponent},WasmEngine,Vector{UInt8}},
    Tuple{Type{WasmComponent},WasmEngine,String},
    Tuple{Type{WasmInstance},WasmStore,WasmComponent},
    Tuple{typeof(close),WasmComponent},
    Tuple{typeof(close),WasmComponentInstance},
    Tuple{typeof(close),WasmComponentFunc},
    Tuple{typeof(exports),WasmComponentInstance},
    Tuple{typeof(getproperty),WasmComponentExports,Symbol},
    Tuple{typeof(getindex),WasmComponentExports,String},
    Tuple{typeof(read_signature),WitHandle},
    Tuple{WasmComponentFunc},
    Tuple{WasmComponentFunc,Int},
    Tuple{WasmComponentFunc,Int,Int},
    Tuple{WasmComponentFunc,String},
    Tuple{typeof(call_component),WasmComponentFunc,Tuple},
    Tuple{typeof(lower!),Conversion,WitShape,Any},
    Tuple{typeof(lift!),Conversion,WitShape},
    Tuple{typeof(lower_elements!),Conversion,WitShape,Vector{String}},
    Tuple{typeof(lower_elements!),Conversion,WitShape,Vector{Any}},
    Tuple{typeof(lower_packed!),Conversion,WitShape,Type{UInt8},Vector{UInt8}},
    Tuple{typeof(lower_packed!),Conversion,WitShape,Type{Float64},Vector{Float64}},
    Tuple{typeof(lift_elements!),Type{String},Conversion,WitShape,Int},
    Tuple{typeof(copy_packed),Type{UInt8},UInt,UInt},
    Tuple{typeof(copy_packed),Type{Float64},UInt,UInt},
    Tuple{typeof(throw_unfit),Conversion,WitShape,Any},
    Tuple{typeof(throw_unfit),Conversion,WitShape,Any,String},

    # Memories and globals.
    Tuple{typeof(isopen),WasmMemory},
    Tuple{typeof(close),WasmMemory},
    Tuple{typeof(free!),WasmMemory},
    Tuple{typeof(length),WasmMemory},
    Tuple{typeof(grow!),WasmMemory,Int},
    Tuple{typeof(getindex),WasmMemory,Int},
    Tuple{typeof(getindex),WasmMemory,UnitRange{Int}},
    Tuple{typeof(setindex!),WasmMemory,UInt8,Int},
    Tuple{typeof(read),WasmMemory,Int,Int},
    Tuple{typeof(read),WasmMemory,Type{UInt8},Int,Int},
    Tuple{typeof(read),WasmMemory,Type{Int32},Int},
    Tuple{typeof(read),WasmMemory,Type{Float64},Int,Int},
    Tuple{typeof(read_string),WasmMemory,Int},
    Tuple{typeof(read_string),WasmMemory,Int,Int},
    Tuple{typeof(write),WasmMemory,Int,String},
    Tuple{keyword_call(write),Nul,typeof(write),WasmMemory,Int,String},
    Tuple{typeof(write),WasmMemory,Int,Vector{UInt8}},
    Tuple{typeof(write),WasmMemory,Int,Vector{Float64}},
    Tuple{Type{Counter},Ptr{API.safewasm_global_t},WasmGlobalType,String,WasmInstance},
    Tuple{typeof(isopen),Counter},
    Tuple{typeof(getindex),Counter},
    Tuple{typeof(setindex!),Counter,Int},
    Tuple{typeof(close),Counter},

    # Programs for WASI.
    Tuple{Type{WasiCommand},String},
    Tuple{Type{WasiCommand},String,Vector{String}},
    Tuple{Type{WasiCommand},Vector{UInt8}},
    Tuple{Type{WasiCommand},Cmd},
    Tuple{typeof(run),WasiCommand},
    Tuple{typeof(run),Redirected},
    Tuple{typeof(read),WasiCommand,Type{String}},
    Tuple{typeof(read),Redirected,Type{String}},
    Tuple{typeof(success),WasiCommand},
    Tuple{typeof(wasi_run),WasiCommand},
    Tuple{typeof(start),WasiCommand,Any,Any,Any},
    Tuple{typeof(start),Redirected,Any,Any,Any},
    Tuple{typeof(compiled_program),WasiCommand},
    Tuple{typeof(start_part!),Opened,WasiCommand,Compiled,Vector{Any}},
    Tuple{typeof(start!),Guest,Compiled,Vector{Any}},
    Tuple{typeof(wait),WasiProcess},
    Tuple{typeof(wait),Guest},
    Tuple{typeof(check_success),WasiProcess},
    Tuple{typeof(end_guests)},

    # Errors, and the texts of objects.
    Tuple{typeof(inlined),Nothing},
    Tuple{Type{WasmFrame},Nothing,UInt32,Nothing,Int,Int,Nothing,UInt32,UInt32},
    Tuple{Type{WasmFrame},String,UInt32,Nothing,Int,Int,Nothing,UInt32,UInt32},
    Tuple{typeof(throw_from_library),WasmTrap},
    Tuple{typeof(throw_from_library),WasmtimeError},
    Tuple{typeof(showerror),IOBuffer,WasmTrap},
    Tuple{typeof(showerror),IOBuffer,WasmtimeError},
    Tuple{typeof(showerror),IOContext{Base.TTY},WasmTrap},
    Tuple{typeof(showerror),IOContext{Base.TTY},WasmtimeError},
    Tuple{typeof(show),IOBuffer,MIME"text/plain",WasmExports},
    Tuple{typeof(show),IOContext{Base.TTY},MIME"text/plain",WasmExports},
]

foreach(precompile, FIRST_CALLS)

# Translates the library's messages, which have C's names of parameters, members and
# functions, into the words of Julia programs. A message may quote names of the program's
# own. So rules apply to the start or the end of a message only, except for those of C's
# functions and members.

# Julia writes each address in a precompiled image as NULL.
const PRECOMPILED =
    "was made while a package was precompiled, and doesn't exist in the process that " *
    "loads the package; make it in the package's `__init__`"

# The parts that may come before the message itself.
const CONTEXT = Regex(
    "^(?:call \\d+ of \\d+, counted from 0: |the import `[^`]*` of module `[^`]*`: |" *
    "calling a function [^:]*: |the result of a host function: )*",
)

# C's functions, and the members of its structs.
const C_WORDS = (
    r"`safewasm_config_set_feature\(config, SAFEWASM_FEATURE_\w+, true\)`" =>
        (word -> "`WasmConfig($(feature_name(word))=true)`"),
    r"`safewasm_config_set_(\w+)\(config, (\w+)\)`" => s"`\1=\2`",
    r"with `safewasm_config_set_(\w+)` (?=on|off)" => s"with `\1` ",
    r"`safewasm_config_set_operator_cost`" => "`operator_costs`",
    r"`safewasm_config_set_(max_\w+)`" => s"`WasmConfig(\1=…)`",
    r"`safewasm_config_set_(\w+)`" => s"`WasmConfig(\1=true)`",
    r"`safewasm_linker_define_wasi`" => "`define_wasi!`",
    r"`safewasm_store_set_fuel`" => "`set_fuel!`",
    r"`safewasm_store_set_(\w+)`" => s"`WasmStore(engine; \1=…)`",
    r"`safewasm_store_interrupt`" => "`interrupt!`",
    r"`safewasm_module_new`" => "`WasmModule`",
    r"`safewasm_module_new_file`" => "`WasmModule(engine, path)`",
    r"`safewasm_component_new`" => "`WasmComponent`",
    r"`safewasm_component_new_file`" => "`WasmComponent(engine, path)`",
    r"`safewasm_componentfunc_call`" => "a call `f(…)`",
    r"`safewasm_componentlinker_instantiate`" => "`WasmInstance(store, component, imports)`",
    r"`safewasm_componentlinker_define_wasi`" => "`wasi=WasiConfig(…)`",
    r"`safewasm_componentlinker_allow_shadowing`" => "`allow_shadowing!`",
    r"`safewasm_caller_return`" => "the result",
    r"`safewasm_(?:module|component)_new_text`" => "`wat2wasm`",
    r"`safewasm_(?:module|component)_serialize`" => "`compiled`",
    r"`safewasm_(?:module|component)_deserialize`" => "`unsafe_load_compiled`",
    r"`safewasm_wasi_set_(\w+)`" => s"`WasiConfig(\1=…)`",
    r"`safewasm_wasi_stream_t`" => "stream",
    r"`safewasm_instance_initialize`" => "`WasmInstance`",
    r"`safewasm_linker_allow_shadowing`" => "`allow_shadowing!`",
    r"`safewasm_sharedmemory_new`" => "`WasmSharedMemory`",
    r"`safewasm_memory_new`" => "`WasmMemory`",
    r"`memorytype->is_shared` is true" => "the type is that of a shared memory",
    r"`memorytype->is_shared` is false" => "the type is not that of a shared memory",
    r"`memorytype->has_max` is false" => "there is no maximum",
    r"`imports_len` is (\d+), but" => s"\1 imports are given, but",
    r"\(`imports_len` is (\d+), and" => s"(\1 are given, and",
    r"`(?:memory|table)type->min`" => "the minimum",
    r"`(?:memory|table)type->max`" => "the maximum",
    r"`memorytype->page_size`" => "the page size",
    r"`(?:table|global)type->(?:element|content)`" => "the type of the elements",
    r"`pooling->(\w+)=(\d+)`" => s"`pooling=(\1=\2,)`",
    r"`pooling->(\w+)`" => s"`\1`",
    r"SAFEWASM_(?:OPTION|FEATURE)_\w+=\w+" => (word -> "`$(assignment(word))`"),
    r"`SAFEWASM_STRATEGY_\w+`" => (word -> "`strategy=:$(lowercase(split(word, '_')[3]))"),
    r"SAFEWASM_STRATEGY_\w+" => (word -> ":" * lowercase(split(word, '_')[3])),
    r"`?SAFEWASM_OPTION_\w+`?" => (word -> "`$(option_name(word))`"),
    r"`?SAFEWASM_FEATURE_\w+`?" => (word -> "`$(feature_name(word))`"),
    r"`imports\[\d+\](?:\.[a-z.]+)?`" => (word -> numbered("import", word)),
    r"`args\[\d+\](?:\.[a-z.]+)?`" => (word -> numbered("argument", word)),
    r"`results\[\d+\](?:\.[a-z.]+)?`" => (word -> numbered("result", word)),
    r"`fields\[\d+\](?:\.[a-z.]+)?`" => (word -> numbered("value", word)),
    r"^(?:parameter|result|field|element) \d+(?:: `value`)?(?= )" =>
        (word -> numbered(first(split(word)), word)),
    r"`values\[\d+\](?:\.[a-z.]+)?`" => (word -> numbered("value", word)),
    r"^`args`: parameter .*"s => (text -> counted_from_one(text)),
    r"^`nodes`: .*"s => (text -> counted_from_one(text)),
    r"`values_len` is" => "the number of values is",
    r"`params\[\d+\](?:\.[a-z.]+)?`" => (word -> numbered("parameter", word)),
    r"`(item|initial|value)\.of\.\w+`" => s"`\1`",
)

option_name(word) = lowercase(match(r"OPTION_(\w+)", word)[1])

# `SAFEWASM_OPTION_STRATEGY=SAFEWASM_STRATEGY_WINCH` is "strategy=:winch".
function assignment(word)
    name, value = split(lowercase(word), '=')
    short(text) = replace(text, r"^safewasm_[a-z]+_" => "")
    return string(short(name), '=', startswith(value, "safewasm") ? ':' : "", short(value))
end

feature_name(word) = lowercase(match(r"FEATURE_(\w+)", word)[1])

# `args[0]` is "argument 1": C counts from 0.
numbered(name, word) = "$name $(parse(Int, match(r"\d+", word).match) + 1)"

# The path to a mistake in the arguments or the result of a component's function. Names in it have
# no spaces.
function counted_from_one(text)
    one_more(step) = string(", ", numbered(split(step)[2], step))
    path = replace(text, r"^`args`: " => "")
    path = replace(path, r"^`nodes`: (?=[a-z]+ (?:\d+|`[^`]*`)[,:])" => "the result, ")
    path = replace(path, r"^`nodes`: (?=the (?:value|error) of )" => "")
    path = replace(path, r"^`nodes`: " => "the result: ")
    return replace(path, r", (?:element|field) \d+(?=[,:])" => one_more)
end

# C's names of parameters.
const PARAMETER_NAMES = Dict(
    "store" => "the store",
    "engine" => "the engine",
    "config" => "the config",
    "buffer" => "the output buffer",
    "module" => "the module",
    "component" => "the component",
    "wittype" => "the type",
    "values" => "the values",
    "instance" => "the instance",
    "instancepre" => "the pre-instantiation",
    "linker" => "the linker",
    "func" => "the function",
    "memory" => "the memory",
    "sharedmemory" => "the shared memory",
    "table" => "the table",
    "global" => "the global",
    "tag" => "the tag",
    "process" => "the process",
    "compilation" => "the compilation",
    "profile" => "the profile",
    "wasi" => "the WASI config",
    "reference" => "the reference",
    "exception" => "the exception",
    "caller" => "the caller",
    "resource" => "the resource",
    "resourcetype" => "the type of the resource",
    "error" => "the error",
    "from" => "the source",
    "item" => "the item",
    "initial" => "the value",
    "value" => "the value",
    "name" => "the name",
    "module_name" => "the name of the module",
    "interface" => "the name of the interface",
    "path" => "the path",
    "text" => "the text",
    "address" => "the address",
    "functype" => "the signature",
    "heaptype" => "the type",
    "len" => "the length",
    "globaltype" => "the type",
    "memorytype" => "the type",
    "tabletype" => "the type",
)

# The start of a message about a parameter.
const SUBJECT = r"^(Invalid [a-z -]+: )?`(\w+)` (?!of `)"

# C's words for what is wrong, most of them at the end of a message.
const ENDINGS = (
    r"^Invalid (?:component )?func: " => "Invalid function: ",
    r"^(Invalid [a-z -]+: [a-z0-9 -]+) is NULL$" => SubstitutionString("\\1 $PRECOMPILED"),
    r"the store was deleted while the call ran$" =>
        "the store was closed while the call ran",
    r"was deleted, or its store was, or it never existed$" => "is closed, or its store is",
    r"was deleted, or used to make an engine, or never existed$" =>
        "is closed, or was used to make an engine",
    r"was deleted, or never existed$" => "is closed",
    r"is not a handle of this library$" => 
        "is closed here: it belongs to another process. Only modules, components and " *
        "engines can be sent; make other objects where they are used",
    r"^the store of `\w+` is in use" => "the store is in use",
    r"^(an internal error happened in the store) of `\w+` earlier; delete" =>
        s"\1 earlier; close",
    r"^((?:an import|\d+ imports) of) `component` (is|are) missing" => s"\1 the component \2 missing",
    r"^calls in `store` can't" => "calls in the store can't",
    r"^(Invalid module: the export `_\w+` of) `module` must" => s"\1 the module must",
    r"^(the source has elements of type .*, but those of) `table` are" =>
        s"\1 the table are",
    r"^the address (\d+) and (\d+ bytes?) go" => s"an access to \2 at the address \1 goes",
    r"(are alive, or no memory is left); delete some$" => s"\1; close some",
)

"""
    julia_message(message) -> String

A message of the library's in the words of Julia programs.
"""
function julia_message(message)
    message = printable(replace(message, r"`[^`]*`" => printable), "\n\t")
    context = match(CONTEXT, message).match
    rest = SubString(message, ncodeunits(context) + 1)
    for rule in C_WORDS
        rest = replace(rest, rule)
    end
    about = match(SUBJECT, rest)
    if about !== nothing
        subject = get(PARAMETER_NAMES, about[2], "`$(about[2])`")
        predicate = SubString(rest, ncodeunits(about.match) + 1)
        rest = string(something(about[1], ""), subject, " ", predicate)
    end
    for rule in ENDINGS
        rest = replace(rest, rule)
    end
    return string(context, rest)
end

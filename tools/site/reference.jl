# The reference of the Julia package, from its docstrings, as pages in Markdown: one for each topic.
#
#   julia --project=julia tools/site/reference.jl FOLDER
#
# Beside the pages are `SUMMARY.md`, their part of the table of contents, and `names.txt`, a line for each name with the
# place of its description. It is an error if a public name is in no topic, if a name has no docstring, or if a
# reference (`[…](@ref)`) leads to none.

using SafeWasm

struct Topic
    file::String
    title::String
    about::String
    names::Vector{Symbol}
end

const TOPICS = [
    Topic(
        "engines.md",
        "Engines",
        "An engine compiles modules. A config holds its settings.",
        [
            :WasmEngine,
            :WasmConfig,
            :Sandbox,
            :optimization_level!,
            :OptimizationLevel,
            :None,
            :Speed,
            :SpeedAndSize,
            :feature!,
            :option!,
            :operator_cost!,
            :consume_fuel!,
            :epoch_interruption!,
            :max_wasm_stack!,
            :max_module_size!,
            :max_module_functions!,
            :shared_memory!,
            :pooling!,
            :cache!,
            :cache_counts,
            :backtrace_lines!,
            :debug_info!,
            :signals_based_traps!,
        ],
    ),
    Topic(
        "profiles.md",
        "Profiles",
        "A profile shows in which functions the time goes.",
        [
            :wasm_profile,
            :WasmProfile,
            :WasmSample,
            :profile_data,
            :collapsed_stacks,
            :firefox_profile,
        ],
    ),
    Topic(
        "modules.md",
        "Modules",
        "A module is compiled wasm.",
        [
            :WasmModule,
            Symbol("@wat_str"),
            :wat2wasm,
            :validate,
            :imports,
            :module_name,
            :custom_sections,
            :resources,
            :WasmFile,
            Symbol("@wasm_file"),
            :compiled,
            :unsafe_load_compiled,
            :wasm_bytes,
        ],
    ),
    Topic(
        "components.md",
        "Components",
        "A component is compiled wasm with an interface of strings, lists, records and more.",
        [
            :WasmComponent,
            :WitType,
            :WasmComponentInstance,
            :WasmComponentExports,
            :WasmComponentFunc,
            :WasmResource,
            :WasmResourceType,
            :HostResource,
            :WitVariant,
            :Ok,
            :Err,
            :WitError,
        ],
    ),
    Topic(
        "instances.md",
        "Stores and instances",
        "A store holds instances, and an instance is a module with its own memories, tables and globals.",
        [:WasmStore, :WasmInstance, :exports, :WasmExports, :collect!],
    ),
    Topic(
        "functions.md",
        "Functions",
        "Functions that wasm exports, and functions in Julia that wasm calls.",
        [:call, :WasmFunc, :TypedFunc, :WasmCaller, :WasmValue],
    ),
    Topic(
        "limits.md",
        "Limits",
        "Limits of time and fuel, and interrupts, end calls.",
        [
            :with_timeout,
            :interrupt!,
            :set_fuel!,
            :add_fuel!,
            :get_fuel,
            :fuel_consumed,
            :set_epoch_deadline!,
            :increment_epoch!,
        ],
    ),
    Topic(
        "memories.md",
        "Memories",
        "The bytes that wasm works on.",
        [
            :WasmMemory,
            :WasmSharedMemory,
            :read,
            :read!,
            :write,
            :read_string,
            :pages,
            :grow!,
        ],
    ),
    Topic(
        "items.md",
        "Globals, tables, tags and references",
        "The other items that a module imports and exports, and references to objects.",
        [:WasmGlobal, :WasmTable, :WasmTag, :WasmRef, :WasmHeapType],
    ),
    Topic(
        "types.md",
        "Types of items",
        "The types that imports and exports have.",
        [
            :WasmFuncType,
            :WasmMemoryType,
            :WasmTableType,
            :WasmGlobalType,
            :WasmTagType,
            :WasmValType,
        ],
    ),
    Topic(
        "linkers.md",
        "Linkers",
        "A linker holds definitions of imports by their names.",
        [
            :WasmLinker,
            :define!,
            :define_instance!,
            :define_module!,
            :define_unknown_imports_as_traps!,
            :define_unknown_imports_as_default_values!,
            :allow_shadowing!,
            :keys,
            :get,
            :instantiate,
            :WasmInstancePre,
        ],
    ),
    Topic(
        "programs.md",
        "Programs for WASI",
        "A program for WASI is used as Julia's commands are.",
        [
            :WasiCommand,
            Symbol("@wasi_cmd"),
            :run,
            :success,
            :wasi_run,
            :open,
            :eachline,
            :pipeline,
            :WasiPipeline,
            :ignorestatus,
            :setenv,
            :addenv,
            :WasiProcess,
            :wait,
            :kill,
            :process_running,
            :process_exited,
            :WasiConfig,
            :define_wasi!,
        ],
    ),
    Topic(
        "errors.md",
        "Errors",
        "The exceptions that the package throws.",
        [:WasmtimeError, :WasmTrap, :WasmException, :WasiExit, :WasmFrame, :HostException],
    ),
    Topic(
        "library.md",
        "The C library",
        "The package finds the library when it is used first, and calls its functions one to one.",
        [:library_path, :API],
    ),
    Topic(
        "aliases.md",
        "Other names",
        "Names under which some published examples know these types.",
        [:WasModule, :Engine, :Store, :Instance],
    ),
]

# The file of each name.
const PLACES = Dict(name => topic.file for topic in TOPICS for name in topic.names)

# The docstrings by name, each in the order of the source.
function docstrings(mod)
    found = Dict{Symbol,Vector{String}}()
    for (binding, docs) in Docs.meta(mod)
        line(doc) = (doc.data[:path], doc.data[:linenumber])
        sorted = sort(collect(values(docs.docs)); by=line)
        found[binding.var] = [join(doc.text) for doc in sorted]
    end
    return found
end

# The names that a page must have: those that the module exports or declares public, and the functions of other
# modules that it documents methods of.
function public_names(mod)
    others = [binding.var for binding in keys(Docs.meta(mod)) if binding.mod !== mod]
    return setdiff(union(names(mod), mod.PUBLIC, others), [nameof(mod)])
end

# Changes a docstring from Julia's Markdown to mdBook's: an indented signature becomes a block of code, headings
# become bold, and references become links. `link` gives the target of a reference.
function markdown(text, link)
    out = String[]
    in_fence = false
    in_signature = false
    for line in split(rstrip(text), '\n')
        is_indented = startswith(line, "    ") && !in_fence
        if is_indented && (in_signature || isempty(out) || all(isempty, out))
            in_signature || push!(out, "```julia")
            in_signature = true
            push!(out, line[5:end])
            continue
        end
        in_signature && push!(out, "```")
        in_signature = false
        in_fence ⊻= startswith(line, "```")
        heading = in_fence ? nothing : match(r"^#+ (.*)$", line)
        push!(out, heading === nothing ? line : "**$(heading[1])**\n")
    end
    in_signature && push!(out, "```")
    return references(join(out, '\n'), link)
end

# Replaces `[`name`](@ref)` and `[text](@ref name)`.
function references(text, link)
    return replace(text, r"\[([^\]]*)\]\(@ref ?([^)]*)\)" => function (found)
        parts = match(r"\[([^\]]*)\]\(@ref ?([^)]*)\)", found)
        name = strip(isempty(parts[2]) ? parts[1] : parts[2], '`')
        return "[$(parts[1])]($(link(Symbol(name))))"
    end)
end

# The target of a reference from the page `file`.
function link_from(file)
    return function (name)
        there = get(PLACES, name, nothing)
        there === nothing && error("a docstring refers to $name, which is in no topic")
        return there == file ? "#$name" : "$there#$name"
    end
end

# The first sentence of a docstring after its signature.
function summary_of(text)
    paragraphs = split(strip(text, '\n'), "\n\n")
    prose = paragraphs[findfirst(part -> !startswith(part, "    "), paragraphs)]
    return match(r"^.*?(?:\.(?= )|$)", replace(prose, '\n' => ' ')).match
end

function page(topic, docs)
    out = IOBuffer()
    println(out, "# ", topic.title, "\n\n", topic.about, "\n")
    for name in topic.names
        haskey(docs, name) || error("$name has no docstring")
        summary = references(summary_of(docs[name][1]), link_from(topic.file))
        println(out, "- [`", name, "`](#", name, "): ", summary)
    end
    for name in topic.names
        println(out, "\n## ", name, " {#", name, "}")
        for text in docs[name]
            println(out, '\n', markdown(text, link_from(topic.file)))
        end
    end
    return String(take!(out))
end

# The first page: the module's docstring, the topics, and all names.
function first_page(docs)
    out = IOBuffer()
    println(out, "# Julia\n\n", markdown(docs[:SafeWasm][1], link_from("index.md")), '\n')
    println(out, "## Topics\n")
    for topic in TOPICS
        println(out, "- [", topic.title, "](", topic.file, "): ", topic.about)
    end
    println(out, "\n## All names\n")
    for name in sort(collect(keys(PLACES)); by=name -> lowercase(string(name)))
        println(out, "- [`", name, "`](", PLACES[name], "#", name, ")")
    end
    return String(take!(out))
end

# Whether a span of code with this name on any page is meant to be the name in Julia.
function is_unmistakable(name)
    return occursin(r"^Wasm|!$|^@|^(TypedFunc|with_timeout|read_string|unsafe_load_compiled|wasm_bytes)$", string(name))
end

function main(folder)
    docs = merge(docstrings(SafeWasm.API), docstrings(SafeWasm))
    missing_names = setdiff(public_names(SafeWasm), keys(PLACES))
    isempty(missing_names) || error("these names are in no topic: ", join(missing_names, ", "))
    mkpath(folder)
    for topic in TOPICS
        write(joinpath(folder, topic.file), page(topic, docs))
    end
    write(joinpath(folder, "index.md"), first_page(docs))
    contents = ["- [$(topic.title)]($(topic.file))\n" for topic in TOPICS]
    write(joinpath(folder, "SUMMARY.md"), join(contents))
    known = sort(filter(is_unmistakable, collect(keys(PLACES))))
    write(joinpath(folder, "names.txt"), join("$name $(PLACES[name])#$name\n" for name in known))
    return nothing
end

abspath(PROGRAM_FILE) == @__FILE__() && main(ARGS[1])

# The error for missing imports: which they are, and given names that may have been meant
# for them.

type_summary(type::WasmFuncType) = shortened("func $type", MAX_TYPE_LENGTH)
type_summary(type) = string(type)

# `items` are in the order of the module's imports, `declared`, and nothing where one is
# missing.
@noinline function throw_missing(declared, items, given::GivenImports, has_wasi)
    missing_ = declared[map(isnothing, items)]
    listed = map(Iterators.take(missing_, MAX_LISTED)) do import_
        import_text(import_), type_summary(import_.type)
    end
    unused = unused_text(declared, missing_, given)
    isempty(unused) || (unused = "given, but not imported by the module: " * unused)
    notes = filter(!isempty, [unused, origin_text(missing_, has_wasi)])
    message = if length(missing_) == 1
        name, type = listed[1]
        join(["the import $name is missing: expected $type"; notes], "; ")
    else
        lines = ["  $name: $type" for (name, type) in listed]
        left = length(missing_) - length(lines)
        left > 0 && push!(lines, "  and $left more")
        append!(lines, notes)
        "$(length(missing_)) imports are missing:\n" * join(lines, '\n')
    end
    throw(WasmtimeError(message, :link))
end

# A note about the way a module with these missing imports was made, or an empty text. The
# library adds the same note for linkers.
function origin_text(missing_, has_wasi)
    for import_ in missing_
        module_name = import_.module_name
        module_name == WASI_MODULE && has_wasi && return "WASI preview 1 has no such function"
        module_name == WASI_MODULE && return "this module wants WASI: give it as " *
               "`WasmInstance(store, m; wasi=WasiConfig(…))`, or make the store by " *
               "`WasmStore(engine; wasi=WasiConfig(…))`; a program with a `_start` is run " *
               "as a `WasiCommand`"
        is_other_wasi(module_name) && return "$(quoted(module_name)) isn't WASI preview 1, " *
               "the version that this library has; compile the module for the target " *
               "`wasm32-wasip1`"
        (module_name, import_.name) == ("env", "__linear_memory") && return "the module " *
               "is an object file that was not linked; link it, for instance by `wasm-ld`"
    end
    return ""
end

# Whether a module is called like other versions and extensions of WASI.
is_other_wasi(name) = name == "wasi" || startswith(name, r"wasi[_:]|wasix_")

# The names that were given and that the module doesn't import, each with the missing import
# that it may have been meant for.
function unused_text(declared, missing_, given::GivenImports)
    imported = Set((import_.module_name, import_.name) for import_ in declared)
    with_hint, others = String[], String[]
    unused = unused_items(imported, given)
    for (module_name, name, is_given_itself) in Iterators.take(unused, MAX_COMPARED)
        text = "$(quoted(name)) of $(quoted(module_name))"
        nearest = nearest_import(module_name, name, missing_)
        if nearest !== nothing
            is_elsewhere = nearest.module_name != module_name
            suffix = is_elsewhere ? " of $(quoted(nearest.module_name))" : ""
            push!(with_hint, "$text (did you mean $(quoted(nearest.name))$suffix?)")
        elseif is_given_itself
            push!(others, text)
        end
    end
    return join(Iterators.take([with_hint; others], MAX_LISTED), ", ")
end

# For each unused item its module name, its name, and whether it was given itself. An export
# of an instance that was given needn't be imported.
function unused_items(imported, given::GivenImports)
    return (
        (module_name, name, items isa Dict) for (module_name, items) in given for
        name in sort!(collect(keys(items))) if !((module_name, name) in imported)
    )
end

# The one of `imports` that differs least from these names, if few characters differ, or
# nothing.
function nearest_import(module_name, name, imports)
    nearest, least = nothing, typemax(Int)
    for import_ in Iterators.take(imports, MAX_COMPARED)
        # The same name in another module is near, whatever that is called.
        texts = if import_.name == name || import_.module_name == module_name
            (name, import_.name)
        else
            (module_name * " " * name, import_.module_name * " " * import_.name)
        end
        too_many = too_different(texts[1])
        distance = edit_distance(texts..., too_many)
        distance < min(least, too_many) && ((nearest, least) = (import_, distance))
    end
    return nearest
end

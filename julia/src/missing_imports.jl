# The error for missing imports: which they are, and given names that may have been meant
# for them.

type_summary(type::WasmFuncType) = shortened("func $type", MAX_TYPE_LENGTH)
type_summary(type) = string(type)

# `items` are in the order of the module's imports, `declared`, and nothing where one is
# missing.
@noinline function throw_missing(declared, items, given::GivenImports)
    missing_ = declared[map(isnothing, items)]
    listed = map(Iterators.take(missing_, MAX_LISTED)) do import_
        import_text(import_), type_summary(import_.type)
    end
    unused = unused_text(declared, missing_, given)
    isempty(unused) || (unused = "given, but not imported by the module: " * unused)
    message = if length(missing_) == 1
        name, type = listed[1]
        "the import $name is missing: expected $type" * (isempty(unused) ? "" : "; $unused")
    else
        lines = ["  $name: $type" for (name, type) in listed]
        left = length(missing_) - length(lines)
        left > 0 && push!(lines, "  and $left more")
        isempty(unused) || push!(lines, unused)
        "$(length(missing_)) imports are missing:\n" * join(lines, '\n')
    end
    throw(WasmtimeError(message, :link))
end

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
    full_name = module_name * " " * name
    nearest, least = nothing, 2 + length(full_name) ÷ 4
    for import_ in Iterators.take(imports, MAX_COMPARED)
        # The same name in another module is near, whatever that is called.
        other = import_.module_name * " " * import_.name
        distance = import_.name == name ? 1 : edit_distance(full_name, other, least)
        distance < least && ((nearest, least) = (import_, distance))
    end
    return nearest
end

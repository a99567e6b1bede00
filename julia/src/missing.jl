# What to say when imports are missing: which, and what may have been meant for them.

# How many imports and names a message lists.
const MOST_LISTED = 10
const MOST_COMPARED = 50

import_text(type::WasmFuncType) = cut("func $type", LONGEST_TYPE)
import_text(type) = string(type)

@noinline function throw_missing(wanted, items, given::GivenImports)
    missed = [wanted[index] for index in eachindex(wanted) if items[index] === nothing]
    said = map(Iterators.take(missed, MOST_LISTED)) do known
        import_name(known), import_text(known.type)
    end
    unused = unused_names(wanted, missed, given)
    isempty(unused) || (unused = "given, but not imported by the module: " * unused)
    message = if length(missed) == 1
        name, type = said[1]
        "the import $name is missing: expected $type" * (isempty(unused) ? "" : "; $unused")
    else
        lines = ["  $name: $type" for (name, type) in said]
        left = length(missed) - length(lines)
        left > 0 && push!(lines, "  and $left more")
        isempty(unused) || push!(lines, unused)
        "$(length(missed)) imports are missing:\n" * join(lines, '\n')
    end
    throw(WasmtimeError(message, :link))
end

# The names that were given and that the module doesn't import, with what each may have been
# meant for.
function unused_names(wanted, missed, given::GivenImports)
    imported = Set((known.module_name, known.name) for known in wanted)
    near, others = String[], String[]
    for (module_name, name, own) in Iterators.take(unused(imported, given), MOST_COMPARED)
        said = "$(quoted(name)) of $(quoted(module_name))"
        meant = nearest(module_name, name, Iterators.take(missed, MOST_COMPARED))
        if meant !== nothing
            elsewhere = meant.module_name != module_name
            place = elsewhere ? " of $(quoted(meant.module_name))" : ""
            push!(near, "$said (did you mean $(quoted(meant.name))$place?)")
        elseif own
            push!(others, said)
        end
    end
    return join(Iterators.take([near; others], MOST_LISTED), ", ")
end

# Module name, name, and whether it was given by itself: not all that an instance exports is
# meant to be imported.
function unused(imported, given::GivenImports)
    return (
        (module_name, name, items isa Dict) for (module_name, items) in given for
        name in sort!(collect(keys(items))) if !((module_name, name) in imported)
    )
end

function nearest(module_name, name, missed)
    full = module_name * " " * name
    found, least = nothing, 2 + length(full) ÷ 4
    for known in missed
        # The right name in another place is always worth a word.
        other = known.module_name * " " * known.name
        distance = known.name == name ? 1 : edits(full, other, least)
        distance < least && ((found, least) = (known, distance))
    end
    return found
end

# How many characters differ, if fewer than `most`, between texts that aren't too long.
function edits(a, b, most)
    a, b = collect(a), collect(b)
    max(length(a), length(b)) <= LONGEST_NAME && abs(length(a) - length(b)) < most ||
        return most
    row = collect(0:length(b))
    for i in 1:length(a)
        diagonal, row[1] = row[1], i
        for j in 1:length(b)
            changed = diagonal + (a[i] != b[j])
            diagonal = row[j + 1]
            row[j + 1] = min(changed, diagonal + 1, row[j] + 1)
        end
    end
    return row[end]
end

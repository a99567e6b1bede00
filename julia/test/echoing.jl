# Components for tests, which return their arguments.

# A type of WIT: a name such as "u32", or a tuple of what it is and its parts, such as
# (:list, "u8") and (:record, "x" => "f64", "y" => "f64").
const WitPart = Union{String,Tuple}

# Adds the definitions of a type to a component's text. Returns how the text refers to it.
wit_ref!(definitions, name::String) = name
function wit_ref!(definitions, type::Tuple)
    kind, parts = first(type), Base.tail(type)
    quoted(name) = repr(String(name))
    ref(part) = wit_ref!(definitions, part)
    if kind in (:list, :option, :tuple)
        return "($kind $(join(map(ref, parts), ' ')))"
    elseif kind === :result
        ok, error = map(part -> part === nothing ? "" : ref(part), parts)
        return "(result $ok$(isempty(error) ? "" : " (error $error)"))"
    end
    body = if kind === :record
        join(("(field $(quoted(name)) $(ref(part)))" for (name, part) in parts), ' ')
    elseif kind === :variant
        join(("(case $(quoted(name)) $(part === nothing ? "" : ref(part)))" for (name, part) in parts), ' ')
    else
        join(map(quoted, parts), ' ')
    end
    # The functions of a component take only named types of these kinds.
    at = length(definitions)
    push!(definitions, "(type \$t$at ($kind $body)) (export \$e$at \"$kind-$at\" (type \$t$at))")
    return "\$e$at"
end

# The core module of the components: memory that is never freed, and functions that return their
# arguments, or an address of them.
const ECHO_MODULE = """
    (core module \$m
        (memory (export "memory") 64)
        (global \$at (mut i32) (i32.const 1024))
        (func (export "realloc") (param i32 i32 i32 i32) (result i32) (local \$p i32)
            (local.set \$p (i32.and (i32.add (global.get \$at) (i32.const 15)) (i32.const -16)))
            (global.set \$at (i32.add (local.get \$p) (local.get 3)))
            (local.get \$p))
        (func (export "free") (param i32) (global.set \$at (i32.const 1024)))
        (func (export "free-i64") (param i64) (global.set \$at (i32.const 1024)))
        (func (export "free-f32") (param f32) (global.set \$at (i32.const 1024)))
        (func (export "free-f64") (param f64) (global.set \$at (i32.const 1024)))
        (func (export "same") (param i32 i32) (result i32)
            (i32.store (i32.const 0) (local.get 0)) (i32.store (i32.const 4) (local.get 1))
            (i32.const 0))
        (func (export "at") (param i32 i32) (result i32) (local.get 0))
        (func (export "byte") (param i32 i32) (result i32) (i32.load8_u (local.get 0)))
        (func (export "i32") (param i32) (result i32) (local.get 0))
        (func (export "i64") (param i64) (result i64) (local.get 0))
        (func (export "f32") (param f32) (result f32) (local.get 0))
        (func (export "f64") (param f64) (result f64) (local.get 0))
        (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
        (func (export "none"))
        (func (export "loop") (loop (br 0)))
        (func (export "trap") unreachable))
    (core instance \$i (instantiate \$m))
    (alias core export \$i "memory" (core memory \$memory))
    (alias core export \$i "realloc" (core func \$realloc))"""

# A component with functions (name, parameters, result, name of the core function, name of the
# one that frees). A parameter is a name and a type.
function echo_text(functions...)
    definitions = String[]
    lifted = map(functions) do (name, params, result, core, free)
        refs = ["(param $(repr(n)) $(wit_ref!(definitions, t)))" for (n, t) in params]
        result === nothing || push!(refs, "(result $(wit_ref!(definitions, result)))")
        after = free === nothing ? "" : "(post-return (core func \$i \"$free\"))"
        "(func (export $(repr(name))) $(join(refs, ' ')) (canon lift (core func \$i \"$core\")" *
        " (memory \$memory) (realloc \$realloc) $after))"
    end
    return "(component\n$ECHO_MODULE\n$(join(definitions, '\n'))\n$(join(lifted, '\n')))"
end

# A component whose function `same` returns a list of values of a type, and whose `first` returns
# the first of a list, which has more than one word.
function echo_of(type, functions...)
    list = (:list, type)
    return echo_text(
        ("same", ["x" => list], list, "same", "free"), functions...
    )
end

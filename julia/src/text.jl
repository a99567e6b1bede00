# Text for messages. Names, types and values of a program may have any length and any
# characters; in a message they are short and printable.

const MAX_NAME_LENGTH = 80
const MAX_TYPE_LENGTH = 200

# `text` with no more than `max_length` characters, and printable.
function shortened(text, max_length=MAX_NAME_LENGTH)
    text = printable(length(text) > max_length ? first(text, max_length + 1) : text)
    return length(text) <= max_length ? text : first(text, max_length - 1) * "…"
end

# `text` with escapes for characters that aren't printable, except for those in `allowed`. A
# control character could change the terminal, or make a name look like part of the message.
function printable(text, allowed="")
    all(c -> isprint(c) || c in allowed, text) && return String(text)
    return sprint() do io
        for c in text
            print(io, isprint(c) || c in allowed ? c : escape_string(string(c)))
        end
    end
end

quoted(name) = "`" * shortened(string(name)) * "`"
value_text(value) = shortened(repr(value; context=:limit => true))
type_text(type) = shortened(string(type), MAX_TYPE_LENGTH)
given_text(@nospecialize(x)) = "$(value_text(x)), of type $(type_text(typeof(x)))"

# "1 export", "2 exports"
count_text(count, noun) = string(count, " ", noun, count == 1 ? "" : "s")

# A name that may be empty, before or after other text.
name_prefix(name) = isempty(name) ? "" : "$(shortened(name)): "
name_suffix(name) = isempty(name) ? "" : " " * shortened(name)

# `key` for a `KeyError`, whose message shows all of it.
function short_key(key)
    text = value_text(key)
    endswith(text, '…') || return key
    return key isa Symbol ? Symbol(shortened(string(key))) : shortened(string(key))
end

# A text of the library's, or nothing if it has none.
function read_text(t::API.safewasm_text_t)
    return t.data == C_NULL ? nothing : unsafe_string(t.data, t.len)
end

# The number of edits (a character inserted, removed or changed, or two exchanged) between
# two texts, or `max_distance` if there are as many or a text is long.
function edit_distance(a, b, max_distance)
    a, b = collect(a), collect(b)
    max(length(a), length(b)) <= MAX_NAME_LENGTH &&
        abs(length(a) - length(b)) < max_distance || return max_distance
    # The distances of the first `i` characters of `a` to the beginnings of `b`; those for
    # `i - 1` and `i - 2`.
    row, above, second = collect(0:length(b)), Int[], Int[]
    for i in 1:length(a)
        row, above, second = fill(i, length(b) + 1), row, above
        for j in 1:length(b)
            changed = above[j] + (a[i] != b[j])
            row[j + 1] = min(changed, above[j + 1] + 1, row[j] + 1)
            exchanged = i > 1 && j > 1 && a[i] == b[j - 1] && a[i - 1] == b[j]
            exchanged && (row[j + 1] = min(row[j + 1], second[j - 1] + 1))
        end
    end
    return min(row[end], max_distance)
end

# The number of edits that makes a name too different.
too_different(name) = 2 + length(name) ÷ 4

# The one of `names` that differs least from `name`, if few characters differ, or nothing.
function nearest_name(name, names)
    nearest, least = nothing, too_different(name)
    for candidate in Iterators.take(names, MAX_COMPARED)
        distance = edit_distance(name, candidate, least)
        distance < least && ((nearest, least) = (candidate, distance))
    end
    return nearest
end

# How many names a message compares with one that is unknown, and how many it lists.
const MAX_COMPARED = 100
const MAX_LISTED = 10

# The bytes of a text, for the library. The caller preserves the text.
text_pointer(text::String) = Ptr{Cchar}(pointer(text))

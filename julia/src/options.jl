# The settings of a config that are numbers in C.
const OPTIONS = Dict(name => value for (value, name) in API.SAFEWASM_OPTION_NAMES)

option_names() = sort!(collect(keys(OPTIONS)))

# The options that have one of several values, and those that are numbers. The others are
# true or false.
const CHOICES = Dict(
    :strategy => API.SAFEWASM_STRATEGY_NAMES,
    :collector => API.SAFEWASM_COLLECTOR_NAMES,
    :profiling_strategy => API.SAFEWASM_PROFILING_NAMES,
)
const NUMBERS = (
    :cpu_level,
    :backtrace_frames,
    :memory_reservation,
    :memory_guard_size,
    :memory_reservation_for_growth,
    :memory_image_size,
    :gc_heap_initial_size,
    :gc_heap_reservation,
    :gc_heap_guard_size,
    :gc_heap_reservation_for_growth,
    :coredump_size,
)

# The number that C takes for a value.
function option_value(name, value)
    if haskey(CHOICES, name)
        for (number, choice) in CHOICES[name]
            choice === value && return number
        end
        choices = sort!([repr(choice) for choice in values(CHOICES[name])])
        choices = join(choices, ", ", " or ")
        throw(ArgumentError("`$name` is $choices, not $(given_text(value))"))
    elseif name in NUMBERS
        value isa Integer && !(value isa Bool) ||
            throw(ArgumentError("`$name` is a number, not $(given_text(value))"))
        return nonnegative(name, value)
    end
    return boolean(name, value)
end

"""
    option!(config, name::Symbol, value)

Sets an option, such as `:deterministic` or `:memory_reservation`; returns the config. The
names and values are those of the keywords of [`WasmConfig`](@ref).

# Errors
- `ArgumentError` for an unknown name, and for a value of the wrong type.
- `WasmtimeError` with code `:invalid_argument` for a number that is out of range.
"""
function option!(config::WasmConfig, name::Symbol, value)
    haskey(OPTIONS, name) || throw_unknown_setting(name, option_names())
    check(API.safewasm_config_set_option(config, OPTIONS[name], option_value(name, value)))
    return note!(config, name, value)
end

"""
    operator_cost!(config, operator, cost)

Sets how much fuel an operator consumes, from 0 to 255; returns the config. Operators have
their names in the text format, such as `"i32.add"`. By default most consume 1, and those
that only structure the code consume 0. Operators that work on many bytes or elements
consume fuel for each of them too, whose names are as in `"memory.copy per byte"`,
`"memory.grow per page"` and `"table.fill per element"`.

It has no effect without `consume_fuel`. See [`set_fuel!`](@ref).

# Errors
- `WasmtimeError` with code `:invalid_argument` for an unknown operator or a cost above 255.
"""
function operator_cost!(config::WasmConfig, operator, cost::Integer)
    name = string(operator)
    cost = nonnegative("cost", cost)
    cost <= 255 || throw(ArgumentError("`cost` is $cost; it must be at most 255"))
    GC.@preserve name check(
        API.safewasm_config_set_operator_cost(
            config, text_pointer(name), sizeof(name), cost
        ),
    )
    costs = get(config.settings, :operator_costs, Dict{String,Int}())
    return note!(config, :operator_costs, merge(costs, Dict(name => cost)))
end

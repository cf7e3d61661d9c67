using Npgsql;
using NpgsqlTypes;

namespace Monty.Actors.PostgreSql;

/// <summary>Sets array parameters of a command that is used again.</summary>
internal static class ArrayParameters
{
    /// <summary>Sets an array with one value for each item. Adds the parameter at its first use.</summary>
    public static void SetArray<TItem, TValue>(
        this NpgsqlParameterCollection parameters,
        string name,
        NpgsqlDbType type,
        List<TItem> items,
        Func<TItem, TValue> value
    )
    {
        var values = new TValue[items.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = value(items[i]);
        }

        if (parameters.TryGetValue(name, out var parameter))
        {
            ((NpgsqlParameter<TValue[]>)parameter).TypedValue = values;
        }
        else
        {
            parameters.Add(new NpgsqlParameter<TValue[]>(name, NpgsqlDbType.Array | type) { TypedValue = values });
        }
    }
}

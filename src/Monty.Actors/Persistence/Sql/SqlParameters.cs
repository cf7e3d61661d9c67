using System.Data.Common;

namespace Monty.Actors.Persistence.Sql;

/// <summary>Sets named parameters of a command that may be used again.</summary>
internal static class SqlParameters
{
    /// <summary>Sets a parameter. Adds it at its first use.</summary>
    public static DbCommand Set(this DbCommand command, string name, object? value)
    {
        var index = command.Parameters.IndexOf(name);
        if (index < 0)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            index = command.Parameters.Add(parameter);
        }

        command.Parameters[index].Value = value ?? DBNull.Value;
        return command;
    }

    public static DbCommand Set(this DbCommand command, SessionId session) =>
        command.Set("tenant", session.Tenant).Set("name", session.Name);

    public static DbCommand SetSnapshot(this DbCommand command, string persistenceId, StoredRow snapshot) =>
        command
            .Set("persistence_id", persistenceId)
            .Set("sequence_number", snapshot.SequenceNumber)
            .Set("created", snapshot.At.UtcTicks)
            .Set("snapshot", Bytes.Of(snapshot.Payload))
            .Set("manifest", snapshot.Manifest)
            .Set("serializer_id", snapshot.SerializerId);
}

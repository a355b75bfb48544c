using Npgsql;

namespace Isthmus.Store.Connections;

/// <summary>
/// What it looks like when the store fails. The driver says so by <see cref="NpgsqlException"/>, but for one case: a statement that fails
/// at the very call in which it is prepared may stay with its connection as one without an answer, and its next answer is then thrown as a
/// bare <see cref="Exception"/> (npgsql/npgsql#6391). The driver gives that connection up by itself, so whoever tries again gets another.
/// </summary>
public static class StoreFailure
{
    private const string NoConnection = "no-connection";
    private const string Confused = "driver-confused";

    /// <summary>Assemblies are told apart by name here: what the driver throws bare has no type of its own.</summary>
    private static readonly string? Driver = typeof(NpgsqlException).Assembly.GetName().Name;

    /// <summary>Whether the store or the way to it failed: to be tried again, or told as unavailable. Ask this in place of a type.</summary>
    public static bool Is(Exception thrown) => thrown is NpgsqlException || IsConfusion(thrown);

    /// <summary>PostgreSQL's SQLSTATE where it answered, else a word for what happened.</summary>
    public static string StateOf(Exception thrown) => thrown is NpgsqlException answered ? answered.SqlState ?? NoConnection : Confused;

    private static bool IsConfusion(Exception thrown) => thrown.GetType() == typeof(Exception) && thrown.Source == Driver;
}

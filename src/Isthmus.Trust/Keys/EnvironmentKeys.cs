namespace Isthmus.Trust.Keys;

/// <summary>
/// Keys in environment variables, for trials in containers: <c>ISTHMUS_KEY_RECORDS</c> is the key <c>records</c>. What no variable
/// holds is a file. Every process of the same user can read them, crash reports and child processes carry them along: a production
/// site is refused them.
/// </summary>
public sealed class EnvironmentKeys(KeyFolder folder) : KeySource
{
    public override string Place => $"the environment ({Prefix}NAME) or {folder.Place}";

    private const string Prefix = "ISTHMUS_KEY_";

    /// <summary>Letters and digits stay, in capitals; whatever else a name has is an underscore.</summary>
    public static string VariableOf(string name) =>
        Prefix + string.Concat(name.Select(letter => char.IsAsciiLetterOrDigit(letter) ? char.ToUpperInvariant(letter) : '_'));

    protected override string? Read(string name) =>
        Environment.GetEnvironmentVariable(VariableOf(name)) is { Length: > 0 } value ? value.Trim() : folder.Has(name) ? folder.Text(name) : null;
}

namespace Isthmus.Exchange;

/// <summary>
/// The pseudonymous key of one person inside one tenant; also the logical id of that person's Patient resource.
/// It says nothing about the person and may appear in traces and logs.
/// </summary>
public readonly record struct PersonId(Guid Value)
{
    public static PersonId New() => new(Guid.NewGuid());

    public override string ToString() => Value.ToString("D");
}

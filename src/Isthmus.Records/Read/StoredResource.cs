using Isthmus.Exchange;
using Isthmus.Exchange.Phi;

namespace Isthmus.Records.Read;

/// <summary>A resource as it is on record.</summary>
/// <param name="Version">From 1, as this store counts.</param>
/// <param name="Person">Whom it is about; of a resource that belongs to no single person, whose message brought it.</param>
[Phi]
public sealed record StoredResource(string Type, Guid Id, int Version, PersonId Person, PhiBytes Json)
{
    /// <summary>When this version came on record.</summary>
    public DateTimeOffset Committed { get; init; }

    public override string ToString() => $"[phi, {Type}, version {Version}]";
}

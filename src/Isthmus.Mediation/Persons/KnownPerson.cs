using Isthmus.Exchange;

namespace Isthmus.Mediation.Persons;

/// <summary>A person as the identity plane knows them: keyed hashes, no names.</summary>
internal sealed record KnownPerson(PersonId Id, long Family, long Given, long Birth, char Sex, bool Provisional);

/// <summary>A person to be written with the effect that met them first.</summary>
internal sealed record NewPerson(KnownPerson Person, IReadOnlyList<Guid> Identifiers);

using Isthmus.Exchange;

namespace Isthmus.Mediation.Persons;

/// <summary>A person as the identity plane knows them: keyed hashes, no names.</summary>
internal sealed record KnownPerson(PersonId Id, long Family, long Given, long Birth, char Sex, bool Provisional);

/// <summary>A person of whom the authority says something new.</summary>
/// <param name="Said">When it was said (MSH-7), Unix milliseconds: what comes late does not replace what is newer.</param>
/// <param name="Identifiers">Keys of identifiers that were not known to be theirs.</param>
internal sealed record RestatedPerson(KnownPerson Person, long Said, IReadOnlyList<Guid> Identifiers);

/// <summary>A person to be written with the effect that met them first.</summary>
/// <param name="Said">When the authority said so, Unix milliseconds; 0 where it has not spoken yet.</param>
internal sealed record NewPerson(KnownPerson Person, IReadOnlyList<Guid> Identifiers, long Said = 0);

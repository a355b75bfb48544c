using Isthmus.Exchange;

namespace Isthmus.Mediation.Persons;

/// <summary>A person as the identity plane knows them: keyed hashes, no names.</summary>
/// <param name="Gaps">What was missing from earlier messages about them and has not come since.</param>
internal sealed record KnownPerson(
    PersonId Id, long Family, long Given, long Birth, char Sex, bool Provisional, IReadOnlyList<OpenGap> Gaps);

/// <summary>Two persons that a message of their assigner says are one.</summary>
/// <param name="Gone">Merged into the other; their history stays under their key.</param>
/// <param name="Identifiers">Keys of the identifiers that the message named as those that go.</param>
internal sealed record MergedPersons(PersonId Gone, PersonId Survivor, IReadOnlyList<Guid> Identifiers);

/// <summary>A gap that a person was asked to close.</summary>
/// <param name="Resource">The logical id of what carries the mark.</param>
/// <param name="Field">As the contract names it: <c>PID-7</c>.</param>
/// <param name="Contract">The name of the contract that calls it critical.</param>
/// <param name="Message">The message it was missing from.</param>
internal sealed record OpenGap(Guid Resource, string Field, string Contract, long Message);

/// <summary>A person of whom the authority says something new.</summary>
/// <param name="Said">When it was said (MSH-7), Unix milliseconds: what comes late does not replace what is newer.</param>
/// <param name="Identifiers">Keys of identifiers that were not known to be theirs.</param>
internal sealed record RestatedPerson(KnownPerson Person, long Said, IReadOnlyList<Guid> Identifiers);

/// <summary>A person to be written with the effect that met them first.</summary>
/// <param name="Said">When the authority said so, Unix milliseconds; 0 where it has not spoken yet.</param>
internal sealed record NewPerson(KnownPerson Person, IReadOnlyList<Guid> Identifiers, long Said = 0);

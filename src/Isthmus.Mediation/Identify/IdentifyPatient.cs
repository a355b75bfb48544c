using System.Text.Json;
using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Exchange.Ledger;
using Isthmus.Mediation.Messages;
using Isthmus.Mediation.Path;
using Isthmus.Mediation.Persons;
using Isthmus.Mediation.Validate;
using Npgsql;

namespace Isthmus.Mediation.Identify;

/// <summary>A message about one person.</summary>
/// <param name="Gaps">What was missing from earlier messages about them.</param>
internal sealed record Identified(Valid Valid, PersonId Person, IReadOnlyList<OpenGap> Gaps);

/// <summary>
/// Deterministic identity: a trusted identifier with its assigner finds the person. Contradicting demographics go to a
/// person for review, never to a silent merge; an unknown patient becomes provisional, so that care goes on. Where patients are
/// registered, what is said of them is recorded as theirs.
/// </summary>
internal sealed class IdentifyPatient(NpgsqlDataSource source, short tenant, byte[] identityKey) : PreparedStage<Valid, Identified>
{
    /// <summary>Merged records bring a handful; a list of them would let one message lay claim to the numbers of many patients.</summary>
    private const int MostIdentifiers = 20;

    private readonly Dictionary<long, PatientFacts> facts = [];
    private readonly Dictionary<long, IReadOnlyList<Guid>> priors = [];
    private Dictionary<Guid, KnownPerson> known = [];

    public string Name => "identify";

    public async Task PrepareAsync(IReadOnlyList<Valid> contexts, CancellationToken cancellation)
    {
        facts.Clear();
        priors.Clear();
        foreach (var context in contexts)
        {
            var (id, terms) = (context.Admitted.Opened.Message.Id, context.Admitted.Opened.Contract.Identity);
            facts[id] = PatientFacts.Of(context.Message, terms, identityKey);
            if (MessageKinds.Of(context.Message) == MessageKind.Merge)
            {
                priors[id] = PatientFacts.IdentifiersIn(context.Message.First("MRG").Field(1), terms, identityKey);
            }
        }

        var asked = facts.Values.Select(f => f.Identifiers).Concat(priors.Values).Where(i => i.Count <= MostIdentifiers).SelectMany(i => i).Distinct();
        known = await IdentityTable.FindAsync(source, tenant, [.. asked], cancellation);
    }

    public Verdict<Identified> Run(Valid context, Trail trail)
    {
        var terms = context.Admitted.Opened.Contract.Identity;
        var message = context.Admitted.Opened.Message;
        var said = facts[message.Id];
        trail.DecidedBy = context.Admitted.Opened.Contract.Id;
        if (said.Identifiers.Count == 0)
        {
            return Review(trail, said, IdentityRules.NoTrustedIdentifier);
        }

        if (said.Identifiers.Count > MostIdentifiers || (priors.TryGetValue(message.Id, out var prior) && prior.Count > MostIdentifiers))
        {
            return Review(trail, said, IdentityRules.TooManyIdentifiers);
        }

        if (prior is not null)
        {
            return Merge(context, trail, terms, said, prior);
        }

        var persons = said.Identifiers.Where(known.ContainsKey).Select(k => known[k]).DistinctBy(p => p.Id).ToArray();
        return persons.Length switch
        {
            0 => Unknown(context, trail, terms, said),
            1 => Compare(context, trail, terms, said, persons[0]),
            _ => Review(trail, said, IdentityRules.IdentifiersDisagree),
        };
    }

    /// <summary>The message says that two numbers are one patient. Nothing is merged without evidence, and nothing doubtful at all.</summary>
    private Verdict<Identified> Merge(Valid context, Trail trail, IdentityTerms terms, PatientFacts said, IReadOnlyList<Guid> prior)
    {
        var both = said with { Identifiers = [.. said.Identifiers.Concat(prior).Distinct()] };
        var decision = MergeDecision.Of(terms, said.Identifiers, prior, known);
        switch (decision)
        {
            case { Case: MergeCase.Doubtful, Doubt: { } doubt }:
                return Review(trail, both, doubt);
            case { Survivor: null }:
                return Unknown(context, trail, terms, both);
            case { Case: MergeCase.Merge, Survivor: { } survivor, Gone: { } gone }:
                if (Compare(context, trail, terms, said, survivor) is { Stop: { } stop })
                {
                    return stop;
                }

                trail.Merged = new MergedPersons(gone.Id, survivor.Id, prior);
                trail.Owe(new LedgerEvent(
                    LedgerKinds.PersonMerged, "mediation", trail.Message.Id, survivor.Id, JsonSerializer.Serialize(new { merged = gone.Id.ToString() })));
                foreach (var identifier in known.Where(k => k.Value.Id == gone.Id).Select(k => k.Key).ToArray())
                {
                    known[identifier] = survivor;
                }

                return new Identified(context, survivor.Id, survivor.Gaps);
            case { Case: MergeCase.Known }:
                trail.Note(IdentityRules.MergeKnown);
                return Compare(context, trail, terms, both, decision.Survivor);
            default:
                return Compare(context, trail, terms, both, decision.Survivor);
        }
    }

    private Verdict<Identified> Unknown(Valid context, Trail trail, IdentityTerms terms, PatientFacts said)
    {
        if (terms.WhenUnknown == UnknownPatient.Review)
        {
            return Review(trail, said, IdentityRules.Unknown);
        }

        var registers = terms.WhenUnknown == UnknownPatient.Register;
        var person = new KnownPerson(PersonId.New(), said.Family, said.Given, said.Birth, said.Sex, Provisional: !registers, Gaps: []);

        // Later messages of this batch must meet the same person.
        foreach (var identifier in said.Identifiers)
        {
            known[identifier] = person;
        }

        trail.Person = person.Id;
        trail.NewPerson = new NewPerson(person, said.Identifiers, terms.Demographics == DemographicStanding.Authoritative ? SaidAt(context) : 0);
        if (registers)
        {
            trail.Owe(new LedgerEvent(LedgerKinds.PersonRegistered, "mediation", trail.Message.Id, person.Id, "{}"));
            return new Identified(context, person.Id, person.Gaps);
        }

        trail.Note(IdentityRules.Unknown with { Severity = Severity.Information });
        trail.Raise(new Signal(
            SignalKinds.UnknownPatient, person.Id.ToString(), trail.Message.Id, person.Id, string.Empty, "Unknown patient", "{}"));
        trail.Owe(new LedgerEvent(LedgerKinds.PersonProvisional, "mediation", trail.Message.Id, person.Id, "{}"));
        return new Identified(context, person.Id, person.Gaps);
    }

    private Verdict<Identified> Compare(Valid context, Trail trail, IdentityTerms terms, PatientFacts said, KnownPerson person)
    {
        var birthDiffers = Differs(said.Birth, person.Birth);
        var namesDiffer = Differs(said.Family, person.Family) && Differs(said.Given, person.Given);
        if (birthDiffers || namesDiffer)
        {
            if (terms.WhenConflicting == DemographicConflict.Review)
            {
                return Review(trail, said, IdentityRules.DemographicConflict, person.Id);
            }

            trail.Note(IdentityRules.DemographicConflict with { Severity = Severity.Warning });
        }
        else if (terms.Demographics == DemographicStanding.Secondary && VariesCommonly(said, person))
        {
            trail.Note(IdentityRules.DemographicsVary);
        }

        trail.Person = person.Id;
        if (terms.Demographics == DemographicStanding.Authoritative)
        {
            Restate(context, trail, said, person);
        }

        return new Identified(context, person.Id, person.Gaps);
    }

    /// <summary>What the authority leaves out stands as it was; what it says replaces what others said.</summary>
    private void Restate(Valid context, Trail trail, PatientFacts said, KnownPerson person)
    {
        var now = person with
        {
            Family = said.Family == 0 ? person.Family : said.Family,
            Given = said.Given == 0 ? person.Given : said.Given,
            Birth = said.Birth == 0 ? person.Birth : said.Birth,
            Sex = said.Sex == 'u' ? person.Sex : said.Sex,
            Provisional = false,
        };
        Guid[] unknown = [.. said.Identifiers.Where(i => !known.ContainsKey(i))];
        if (now == person && unknown.Length == 0)
        {
            return;
        }

        foreach (var identifier in said.Identifiers)
        {
            known[identifier] = now;
        }

        trail.Restated = new RestatedPerson(now, SaidAt(context), unknown);
        trail.Owe(new LedgerEvent(LedgerKinds.PersonRestated, "mediation", trail.Message.Id, person.Id, "{}"));
    }

    private static long SaidAt(Valid context) =>
        ResultClock.SentAt(context.Message, context.Admitted.Opened.Contract.Source.Zone, context.Admitted.Opened.Message.Received);

    private static Stop Review(Trail trail, PatientFacts said, Finding finding, PersonId? person = null)
    {
        trail.Raise(new Signal(
            SignalKinds.IdentityConflict, $"{trail.Message.Id}", trail.Message.Id, person, string.Empty, "Patient identity to review",
            JsonSerializer.Serialize(new { rule = finding.Rule, identifiers = said.Identifiers.Count })));
        return Stop.AskHuman(finding);
    }

    private static bool VariesCommonly(PatientFacts said, KnownPerson person) =>
        Differs(said.Family, person.Family) || Differs(said.Given, person.Given) || (said.Sex != 'u' && person.Sex != 'u' && said.Sex != person.Sex);

    private static bool Differs(long said, long recorded) => said != 0 && recorded != 0 && said != recorded;
}

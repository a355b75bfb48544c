using System.Text.Json;
using Isthmus.Exchange.Contracts;
using Isthmus.Mediation.Tests.Arranged;

namespace Isthmus.Mediation.Tests;

/// <summary>Each destination gets what consent and contract allow it, and nothing else is even made.</summary>
public sealed class Disclosures(SharedMediation shared) : IClassFixture<SharedMediation>
{
    private const string Canary = "CANARY";
    private readonly Arranged.Mediation mediation = shared.Worker;

    [Theory]
    [InlineData("MRN10010", "O'Callaghan^Desmond^P", "19381009", "M")]
    [InlineData("MRN10011", "Jankowska^Halina", "19870423", "F")]
    [InlineData("MRN10012", "Kettleburn^Amos^W", "19690606", "M")]
    public async Task A_destination_that_consent_denies_gets_a_row_that_says_so_and_no_payload(string mrn, string name, string born, string sex)
    {
        var worked = await mediation.CarryAsync(new Oru().Of(mrn, name, born, sex));

        var deliveries = await mediation.DeliveriesAsync(worked.Id);
        var ehr = Assert.Single(deliveries, d => d.Destination == "ehr");
        var registry = Assert.Single(deliveries, d => d.Destination == "registry");
        Assert.Equal(('p', 'x'), (ehr.State, registry.State));
        Assert.NotNull(ehr.Payload);
        Assert.Null(registry.Payload);
        Assert.NotEmpty(registry.Reason);
    }

    [Fact]
    public async Task The_ledger_names_the_consents_that_decided_and_their_versions()
    {
        var worked = await mediation.CarryAsync(new Oru());

        var decided = await mediation.LedgerDetailsAsync(worked.Id, "consent.decided");
        var registry = Assert.Single(decided, d => d.GetProperty("destination").GetString() == "registry");
        Assert.Matches("^Consent/.+@.+$", Assert.Single(registry.GetProperty("consents").EnumerateArray()).GetString());
        Assert.False(Assert.Single(decided, d => d.GetProperty("destination").GetString() == "ehr").TryGetProperty("consents", out _));
    }

    [Fact]
    public async Task The_minimised_copy_holds_nothing_that_the_contract_does_not_name()
    {
        var message = new Oru
        {
            Filler = Canary + "FILLER",
            Ward = $"{Canary}WARD^{Canary}ROOM",
            Results =
            [
                Oru.Result(1, $"K^{Canary}NAME^L", "4.1", "mmol/L", flag: $"H^{Canary}FLAG^L^^^^^^{Canary}TEXT", sub: Canary),
                Oru.Result(2, $"ZZ9^{Canary}^L^^^^^^{Canary}", "4.1", "mmol/L"),
                Oru.Result(3, "ZZ8^x^L", $"{Canary}TYPED^{Canary}", "", type: "CWE"),
                Oru.Result(4, $"{Canary}UNCODED", $"{Canary}IS", "", type: "IS"),
                Oru.Result(5, "K^Potassium^L", $"{Canary}FREE TEXT", "", type: "TX"),
                Oru.Result(6, "K^Potassium^L", $"{Canary}^TEXT^{Canary}^A^{Canary}", "", type: "ED"),
                Oru.Result(7, "K^Potassium^L", $"4.1{Canary}", "mmol/L", flag: $"{Canary}2"),
                Oru.Result(8, "K^Potassium^L", $"K1^{Canary}^L~K2^{Canary}^L", "", type: "CWE"),
                Oru.Result(9, "K^Potassium^L", "4.1", $"mmol/L^{Canary}^UCUM"),
                Oru.Result(10, "K^Potassium^L", "4.1", $"mmol/L for {Canary}"),
                Oru.Result(11, "K^Potassium^L", $">^4.1^{Canary}", "mmol/L", type: "SN"),
            ],
            Trailing = [$"NTE|1|L|{Canary}NOTE", $"SPM|1|^{Canary}&LAB||BLD^{Canary}^HL70487"],
        };

        var worked = await mediation.CarryAsync(message);
        var copy = await mediation.PayloadTextAsync(worked.Id, "registry");

        string[] never =
        [
            Canary, "MRN10001", "Albrecht", "Mira", "0314", "03-14", "Harbor", "Salem", "6175550101", "Varga", "1679576722", "V10001", "ST_ELSEWHERE",
            worked.Person!.Value.ToString("D"), worked.Person.Value.ToString("N"), $"message/{worked.Id}",
            .. (await mediation.ReadAsync("SELECT DISTINCT id FROM phi.resource", r => r.GetGuid(0).ToString("D"))),
        ];
        Assert.DoesNotContain(never, canary => copy.Contains(canary, StringComparison.OrdinalIgnoreCase));
        using var bundle = JsonDocument.Parse(copy);
        Assert.Equal(message.Results.Count, bundle.RootElement.GetProperty("entry").EnumerateArray().Count(e => TypeOf(e) == "Observation"));
        Assert.All(bundle.RootElement.GetProperty("entry").EnumerateArray(), IsWithinTheContract);
    }

    [Fact]
    public async Task A_pseudonym_is_the_same_in_every_message_of_a_person_and_says_nothing_to_another_recipient()
    {
        var first = await mediation.CarryAsync(new Oru { Filler = "P1" });
        var second = await mediation.CarryAsync(new Oru { Filler = "P2" });
        mediation.Site.Swap("other-recipient", c => c with
        {
            Destinations = [.. c.Destinations, c.Destinations.Single(d => d.Name == "registry") with { Name = "second", Recipient = "Organization/other", ConsentPurpose = "TREAT" }],
        });
        var third = await mediation.CarryAsync(new Oru { Filler = "P3" });

        var known = PatientIn(await mediation.PayloadTextAsync(first.Id, "registry"));

        Assert.Equal(known, PatientIn(await mediation.PayloadTextAsync(second.Id, "registry")));
        Assert.Equal(known, PatientIn(await mediation.PayloadTextAsync(third.Id, "registry")));
        Assert.NotEqual(known, PatientIn(await mediation.PayloadTextAsync(third.Id, "second")));
    }

    [Fact]
    public async Task A_field_that_the_contract_does_not_list_reaches_no_record_and_no_payload()
    {
        var worked = await mediation.CarryAsync(new Oru
        {
            RestOfPid = $"|||||{Canary}ACCOUNT||||{Canary}PLACE",
            Trailing = [$"NK1|1|{Canary}^KIN", $"ZPD|{Canary}"],
        });

        Assert.Equal('c', worked.Outcome);
        Assert.Contains(("contract.field-unlisted", "warning", "PID-22"), worked.Findings);
        Assert.Contains(("contract.segment-unlisted", "warning", "NK1"), worked.Findings);
        Assert.DoesNotContain($"{Canary}PLACE", await mediation.RecordsTextAsync(worked.Id), StringComparison.Ordinal);
        Assert.DoesNotContain($"{Canary}^KIN", await mediation.RecordsTextAsync(worked.Id), StringComparison.Ordinal);
        Assert.DoesNotContain($"{Canary}PLACE", await mediation.PayloadTextAsync(worked.Id, "ehr"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_message_owes_the_ledger_its_way()
    {
        var committed = await mediation.CarryAsync(new Oru());
        var quarantined = await mediation.CarryAsync(new Oru { RestOfPid = "||||||900-55-0107" });
        var held = await mediation.CarryAsync(new Oru { Born = "19990101" });

        Assert.Equal(["result.received", "consent.decided", "consent.decided", "result.committed"], await mediation.LedgerKindsAsync(committed.Id));
        Assert.Equal(["result.received", "message.quarantined"], await mediation.LedgerKindsAsync(quarantined.Id));
        Assert.Equal(["result.received", "message.held"], await mediation.LedgerKindsAsync(held.Id));
    }

    private void IsWithinTheContract(JsonElement entry)
    {
        var allowed = mediation.Site.Contract.Destinations.Single(d => d.Name == "registry").Elements;
        foreach (var property in entry.GetProperty("resource").EnumerateObject().Where(p => p.Name != "resourceType"))
        {
            Assert.Contains(allowed, e => $"{TypeOf(entry)}.{property.Name}".StartsWith(e, StringComparison.Ordinal));
        }
    }

    private static string TypeOf(JsonElement entry) => entry.GetProperty("resource").GetProperty("resourceType").GetString()!;

    private static string PatientIn(string bundle)
    {
        using var parsed = JsonDocument.Parse(bundle);
        return parsed.RootElement.GetProperty("entry").EnumerateArray().Single(e => TypeOf(e) == "Patient").GetProperty("resource").GetProperty("id").GetString()!;
    }
}

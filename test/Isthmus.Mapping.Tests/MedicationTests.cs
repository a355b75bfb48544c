namespace Isthmus.Mapping.Tests;

public sealed class MedicationTests
{
    [Fact]
    public void An_order_has_its_dose_timing_route_and_dispense()
    {
        var outcome = Demo.Translate(Message("OMP^O09^OMP_O09", """
            ORC|NW|O1^EHR||G1^EHR|||||20260301100000-0500|E1^Enter^Eva||N1^Doc^Dora
            TQ1|1||BID|||7^d|20260301120000-0500||R^Routine^HL70485
            RXO|308191^amoxicillin 500 MG Oral Capsule^RXNORM|1|2|CAP|||^Take with food||G||28|CAP|2
            NTE|1||Allergies were asked for
            RXR|PO^Oral^HL70162
            """));

        var order = outcome.One("MedicationRequest");
        var dosage = Assert.Single(order["dosageInstruction"].Items());
        Assert.Equal(("original-order", "active", "routine"), (order["intent"].AsString(), order["status"].AsString(), order["priority"].AsString()));
        Assert.Equal(("1", "2", "{capsule}"), (dosage["doseAndRate"][0]["doseRange"]["low"]["value"].AsString(), dosage["doseAndRate"][0]["doseRange"]["high"]["value"].AsString(), dosage["doseAndRate"][0]["doseRange"]["high"]["code"].AsString()));
        Assert.Equal(("2", "1", "d"), (dosage["timing"]["repeat"]["frequency"].AsString(), dosage["timing"]["repeat"]["period"].AsString(), dosage["timing"]["repeat"]["periodUnit"].AsString()));
        Assert.Equal("2026-03-08T12:00:00-05:00", dosage["timing"]["repeat"]["boundsPeriod"]["end"].AsString());
        Assert.Equal("PO", dosage["route"]["coding"][0]["code"].AsString());
        Assert.Equal("28", order["dispenseRequest"]["quantity"]["value"].AsString());
        Assert.Equal("http://www.nlm.nih.gov/research/umls/rxnorm", order["medicationCodeableConcept"]["coding"][0]["system"].AsString());
    }

    [Fact]
    public void A_taper_is_one_dosage_after_the_other()
    {
        var order = Demo.Translate(Message("RDE^O11^RDE_O11", """
            ORC|NW|O3^EHR|F3^PHARM
            RXE||00054-0017-25^prednisone 10 MG^NDC|4||tab
            TQ1|1||QD|||3^d||||||S
            TQ1|2||QOD|||6^d
            RXR|PO
            """)).One("MedicationRequest");

        Assert.Equal(2, order["dosageInstruction"].Count);
        Assert.Equal(("1", "1"), (order["dosageInstruction"][0]["sequence"].AsString(), order["dosageInstruction"][0]["timing"]["repeat"]["period"].AsString()));
        Assert.Equal(("2", "2"), (order["dosageInstruction"][1]["sequence"].AsString(), order["dosageInstruction"][1]["timing"]["repeat"]["period"].AsString()));
        Assert.All(order["dosageInstruction"].Items(), dosage => Assert.Equal("4", dosage["doseAndRate"][0]["doseQuantity"]["value"].AsString()));
    }

    [Fact]
    public void An_amount_that_is_no_number_is_kept_in_words_and_reported()
    {
        var outcome = Demo.Translate(Message("RDE^O01", "ORC|NW|O4^EHR\nRXE|^QHS^D10^^^PRN|X^Sleepwell^L|1-2||TAB"));

        var dosage = outcome.One("MedicationRequest")["dosageInstruction"][0];
        Assert.False(dosage["doseAndRate"].Exists);
        Assert.Equal("Give amount: 1-2 TAB", dosage["additionalInstruction"][0]["text"].AsString());
        Assert.Equal("true", dosage["asNeededBoolean"].AsString());
        Assert.Equal("10", dosage["timing"]["repeat"]["boundsDuration"]["value"].AsString());
        Assert.Contains(outcome.Findings, finding => finding.Location.ToString() == "RXE-3");
    }

    [Fact]
    public void A_mixture_is_a_medication_with_its_base_and_its_additives()
    {
        var outcome = Demo.Translate(Message("RDE^O11^RDE_O11", """
            ORC|NW|O2^EHR|F2^PHARM
            RXO|HEPDRIP^Heparin drip^L|1000||mL
            RXE||HEPDRIP^Heparin drip^L|1000||mL||||||||||||||||||10|mL/hr
            TQ1|1||C
            RXR|IV
            RXC|B|D5W^Dextrose 5%^L|1000|mL
            RXC|A|HEP^Heparin^L|50|mL|1000|mg|||mL
            """));

        var encoded = outcome.All("MedicationRequest").Single(request => request["intent"].AsString() == "filler-order");
        var original = outcome.All("MedicationRequest").Single(request => request["intent"].AsString() == "original-order");
        var mixture = outcome.All("Medication").Single(medication => medication["ingredient"].Count == 2);
        Assert.Equal($"MedicationRequest/{original["id"].AsString()}", encoded["basedOn"][0]["reference"].AsString());
        Assert.Equal($"Medication/{mixture["id"].AsString()}", encoded["medicationReference"]["reference"].AsString());
        Assert.Equal(("false", "true"), (mixture["ingredient"][0]["isActive"].AsString(), mixture["ingredient"][1]["isActive"].AsString()));
        Assert.Equal(("50", "1"), (mixture["ingredient"][1]["strength"]["numerator"]["value"].AsString(), mixture["ingredient"][1]["strength"]["denominator"]["value"].AsString()));
        Assert.Equal("mL/h", encoded["dosageInstruction"][0]["doseAndRate"][0]["rateQuantity"]["code"].AsString());
    }

    [Fact]
    public void A_dispense_names_its_order_its_batch_and_what_took_its_place()
    {
        var outcome = Demo.Translate(Message("RDS^O13^RDS_O13", """
            ORC|RE|O5^EHR|F5^PHARM
            RXE|^BID^D10|00093-4160-78^AMOX 500^NDC|1||cap
            RXR|PO
            RXD|1|00093-4160-78^AMOX 500^NDC|20260301093000-0500|20|CAP^capsule|CAP^capsule|RX5|2|After food~Shake|P1^Pharm^Paula|G|||||||LOT1|20270101
            """));

        var dispense = outcome.One("MedicationDispense");
        Assert.Equal(("completed", "20", "true"), (dispense["status"].AsString(), dispense["quantity"]["value"].AsString(), dispense["substitution"]["wasSubstituted"].AsString()));
        Assert.Equal($"MedicationRequest/{outcome.One("MedicationRequest")["id"].AsString()}", Assert.Single(dispense["authorizingPrescription"].Items())["reference"].AsString());
        Assert.Equal("LOT1", outcome.One("Medication")["batch"]["lotNumber"].AsString());
    }

    [Fact]
    public void Every_administration_is_one_and_a_refused_one_was_not_done()
    {
        var outcome = Demo.Translate(Message("RAS^O17^RAS_O17", """
            ORC|RE|O6^EHR|F6^PHARM
            RXA|0|1|20260301080000-0500|20260301081500-0500|4321^Vancomycin^L|1|g||^Given slowly|N7^Nurse^Nora|W1^2^3^HOSP|||||||||CP|A
            RXR|IV
            RXA|0|2|20260301200000-0500||4321^Vancomycin^L|0|g|||N7^Nurse^Nora||||||||^Asleep||RE|A
            """));

        var given = outcome.All("MedicationAdministration");
        Assert.Equal(["completed", "not-done"], given.Select(administration => administration["status"].AsString()!));
        Assert.Equal("2026-03-01T08:15:00-05:00", given[0]["effectivePeriod"]["end"].AsString());
        Assert.Equal("Asleep", given[1]["statusReason"][0]["coding"][0]["display"].AsString());
        Assert.NotEqual(given[0]["id"].AsString(), given[1]["id"].AsString());
    }

    [Theory]
    [InlineData("NW", "", "active")]
    [InlineData("CA", "", "cancelled")]
    [InlineData("DC", "", "stopped")]
    [InlineData("HD", "", "on-hold")]
    [InlineData("CA", "IP", "cancelled")]
    [InlineData("DC", "A", "stopped")]
    [InlineData("HD", "IP", "on-hold")]
    [InlineData("UC", "", "active")]
    [InlineData("HD", "CA", "cancelled")]
    [InlineData("SC", "CM", "completed")]
    [InlineData("SC", "", "unknown")]
    public void An_order_that_was_taken_back_is_not_active(string control, string state, string status)
    {
        var order = Demo.Translate(Message("OMP^O09^OMP_O09", $"ORC|{control}|O1^EHR|||{state}\nRXO|1^x^L|1||tab")).One("MedicationRequest");

        Assert.Equal(status, order["status"].AsString());
    }

    [Theory]
    [InlineData("Q6H", "1", "6", "h")]
    [InlineData("Q30M", "1", "30", "min")]
    [InlineData("5ID", "5", "1", "d")]
    [InlineData("QOD", "1", "2", "d")]
    [InlineData("Q2W", "1", "2", "wk")]
    [InlineData("Q1J135", "1", "1", "wk")]
    [InlineData("PRNQ4H", "1", "4", "h")]
    [InlineData("Q4-6H", null, null, null)]
    [InlineData("DAILY WITH LUNCH", null, null, null)]
    [InlineData("Q99999999999H", null, null, null)]
    public void A_pattern_says_how_often_and_one_that_is_not_understood_is_only_named(string pattern, string? frequency, string? period, string? unit)
    {
        var timing = Demo.Translate(Message("OMP^O09^OMP_O09", $"ORC|NW|O1^EHR\nTQ1|1||{pattern}\nRXO|1^x^L|1||tab")).One("MedicationRequest")["dosageInstruction"][0]["timing"];

        Assert.Equal((frequency, period, unit), (timing["repeat"]["frequency"].AsString(), timing["repeat"]["period"].AsString(), timing["repeat"]["periodUnit"].AsString()));
        Assert.Equal(pattern, timing["code"]["coding"][0]["code"].AsString());
    }

    [Theory]
    [InlineData("RE", "", "completed")]
    [InlineData("RE", "CA", "completed")]
    [InlineData("CA", "", "cancelled")]
    [InlineData("DC", "IP", "stopped")]
    [InlineData("HD", "", "on-hold")]
    [InlineData("UA", "", "declined")]
    [InlineData("SC", "CA", "cancelled")]
    [InlineData("", "HD", "on-hold")]
    [InlineData("RE", "ER", "entered-in-error")]
    public void A_dispense_that_was_called_off_is_not_completed(string control, string state, string status)
    {
        var dispense = Demo.Translate(Message("RDS^O13^RDS_O13", $"ORC|{control}|O1^EHR|F1^RX||{state}|||||||||||STOCK^Out of stock^L\nRXD|1|308191^amoxicillin^RXNORM|20260301|28|CAP")).One("MedicationDispense");

        Assert.Equal(status, dispense["status"].AsString());
        Assert.Equal(status == "completed", !dispense["statusReasonCodeableConcept"].Exists);
    }

    [Theory]
    [InlineData("RE", "", "", "completed")]
    [InlineData("RE", "", "RE", "not-done")]
    [InlineData("CA", "", "", "not-done")]
    [InlineData("CA", "", "CP", "completed")]
    [InlineData("DC", "IP", "", "stopped")]
    [InlineData("HD", "", "", "on-hold")]
    [InlineData("SC", "CA", "", "not-done")]
    public void A_dose_that_was_called_off_is_not_given(string control, string state, string completion, string status)
    {
        var given = Demo.Translate(Message("RAS^O17^RAS_O17", $"ORC|{control}|O1^EHR|F1^RX||{state}\nRXA|0|1|20260301||308191^amoxicillin^RXNORM|999||||||||||||||{completion}")).One("MedicationAdministration");

        Assert.Equal(status, given["status"].AsString());
        Assert.False(given["dosage"]["dose"]["value"].Exists);
    }

    [Theory]
    [InlineData("RDS^O13^RDS_O13", "RRD^O14^RRD_O14", "RXD|1|308191^amoxicillin^RXNORM|20260301|28|CAP", "MedicationDispense")]
    [InlineData("RAS^O17^RAS_O17", "RRA^O18^RRA_O18", "RXA|0|1|20260301||308191^amoxicillin^RXNORM|500|mg^^UCUM|||||||||||||CP", "MedicationAdministration")]
    public void An_answer_says_the_same_of_a_dose_as_what_it_answers(string type, string answer, string segment, string resource)
    {
        var order = $"ORC|OK|O1^EHR|F1^RX\n{segment}\nRXR|PO\n";
        string With(string what) => Message(what, order).Replace("PV1|1|I", $"PV1|1|I{new string('|', 17)}V1", StringComparison.Ordinal);
        var sent = Demo.Translate(With(type));
        var answered = Demo.Translate(With(answer).Replace("PID|", "MSA|AA|R1\nPID|", StringComparison.Ordinal));

        Assert.Equal(sent.Json(resource), answered.Json(resource));
        Assert.Equal(sent.Unread.Where(field => field.StartsWith("RX", StringComparison.Ordinal)), answered.Unread.Where(field => field.StartsWith("RX", StringComparison.Ordinal)));
    }

    private static string Message(string type, string rest) =>
        $"MSH|^~\\&|EHR|HOSP|PHARM|HOSP|20260301101500-0500||{type}|R1|P|2.5.1\nPID|1||771^^^EHR^MR||Invented^Sample\nPV1|1|I\n{rest}";
}

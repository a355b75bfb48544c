namespace Isthmus.Mapping.Tests;

public sealed class AdmissionTests
{
    private const string Person = "PID|1||900117^^^ST_BRIGID^MR||Lindqvist^Maren||19790214|F||||||||||AC77012^^^ST_BRIGID^AN\r";

    [Theory]
    [InlineData("A01", "I", "", "in-progress")]
    [InlineData("A01", "P", "", "planned")]
    [InlineData("A01", "I", "20260315112000", "finished")]
    [InlineData("A03", "I", "", "finished")]
    [InlineData("A05", "I", "", "planned")]
    [InlineData("A08", "I", "", "in-progress")]
    [InlineData("A10", "R", "", "arrived")]
    [InlineData("A11", "I", "", "cancelled")]
    [InlineData("A13", "I", "20260315112000", "in-progress")]
    [InlineData("A21", "I", "", "onleave")]
    [InlineData("A22", "I", "", "in-progress")]
    [InlineData("A23", "I", "", "entered-in-error")]
    [InlineData("A38", "P", "", "cancelled")]
    [InlineData("A99", "E", "", "in-progress")]
    public void What_happened_decides_the_status_of_the_visit(string happened, string patientClass, string discharged, string status)
    {
        var made = Demo.Translate(Message(happened, $"PV1|1|{patientClass}|4EAST{new string('|', 16)}V1^^^ST_BRIGID{new string('|', 26)}{discharged}\r"));

        Assert.Equal(status, made.One("Encounter")["status"].AsString());
    }

    [Theory]
    [InlineData("\"\"", 0)]
    [InlineData("", 0)]
    [InlineData("PCN^Penicillin^L", 1)]
    [InlineData("\"\"|SV|anaphylaxis", 1)]
    public void An_allergy_that_is_taken_back_leaves_no_active_allergy_to_nothing(string what, int allergies)
    {
        var made = Demo.Translate(Message("A08", $"PV1|1|I|4EAST\rAL1|1|DA|{what}\r"));

        Assert.Equal(allergies, made.All("AllergyIntolerance").Count);
    }

    [Fact]
    public void A_discharge_that_is_taken_back_leaves_no_end_of_the_visit()
    {
        var made = Demo.Translate(Message("A13", $"PV1|1|I|4EAST{new string('|', 16)}V1^^^ST_BRIGID{new string('|', 26)}20260315112000\r"));

        Assert.False(made.One("Encounter")["period"].Exists);
    }

    [Theory]
    [InlineData("A18")]
    [InlineData("A34")]
    [InlineData("A40")]
    [InlineData("A47")]
    public void A_merge_leads_from_the_prior_person_to_the_one_that_stays(string happened)
    {
        var made = Demo.Translate(Message(happened, "MRG|904410^^^ST_BRIGID^MR\r"));
        var people = made.All("Patient");

        Assert.Equal(2, people.Count);
        Assert.Equal("replaces", people[0]["link"][0]["type"].AsString());
        Assert.Equal($"Patient/{people[1]["id"].AsString()}", people[0]["link"][0]["other"]["reference"].AsString());
        Assert.Equal("false", people[1]["active"].AsString());
        Assert.Equal("replaced-by", people[1]["link"][0]["type"].AsString());
        Assert.Equal($"Patient/{people[0]["id"].AsString()}", people[1]["link"][0]["other"]["reference"].AsString());
    }

    [Fact]
    public void The_prior_person_of_a_merge_has_the_id_that_its_own_messages_gave_it()
    {
        var before = Demo.Translate(Message("A04", string.Empty).Replace("900117", "904410", StringComparison.Ordinal)).One("Patient")["id"].AsString();
        var merge = Demo.Translate(Message("A40", "MRG|904410^^^ST_BRIGID^MR\r"));

        Assert.Contains(before, merge.All("Patient").Select(person => person["id"].AsString()));
    }

    [Fact]
    public void A_person_whom_identification_knows_is_the_one_that_stays()
    {
        var merge = Demo.Translate(Message("A40", "MRG|904410^^^ST_BRIGID^MR\r"), Demo.Context with { PatientId = "0190aaaa-bbbb-7ccc-8ddd-eeeeffff0000" });

        Assert.Single(merge.All("Patient"), person => person["id"].AsString() == "0190aaaa-bbbb-7ccc-8ddd-eeeeffff0000");
    }

    [Fact]
    public void A_move_links_nobody()
    {
        var made = Demo.Translate(Message("A45", "MRG|904410^^^ST_BRIGID^MR||||V1\rPV1|1|O" + new string('|', 17) + "V1\rMRG|904410^^^ST_BRIGID^MR||||V2\rPV1|2|E" + new string('|', 17) + "V2\r"));

        Assert.False(made.One("Patient")["link"].Exists);
        Assert.Equal(2, made.All("Encounter").Count);
    }

    [Fact]
    public void A_diagnosis_stands_in_its_visit_with_its_use_and_rank()
    {
        var made = Demo.Translate(Message("A01", "PV1|1|I" + new string('|', 17) + "V1\rDG1|1||I20.0^Angina^I10|||A|||||||||2\rDG1|2||I10^Hypertension^I10|||A|||||||||1\r"));
        var diagnoses = made.One("Encounter")["diagnosis"].Items();

        Assert.Equal(["2", "1"], diagnoses.Select(diagnosis => diagnosis["rank"].AsString()));
        Assert.Equal(made.All("Condition").Select(condition => $"Condition/{condition["id"].AsString()}"), diagnoses.Select(diagnosis => diagnosis["condition"]["reference"].AsString()));
    }

    [Fact]
    public void A_deleted_diagnosis_is_an_error()
    {
        var made = Demo.Translate(Message("A08", "PV1|1|I\rDG1|1||I20.0^Angina^I10|||A|||||||||||||||D\r"));

        Assert.Equal("entered-in-error", made.One("Condition")["verificationStatus"]["coding"][0]["code"].AsString());
    }

    [Fact]
    public void A_language_that_no_table_knows_is_undetermined_and_keeps_its_words()
    {
        var made = Demo.Translate(Message("A01", string.Empty).Replace("19790214|F||||||||||", "19790214|F|||||||Klingon^^L|||", StringComparison.Ordinal));

        Assert.Equal(["Klingon", "und"], made.One("Patient")["communication"][0]["language"]["coding"].Items().Select(coding => coding["code"].AsString()));
    }

    [Theory]
    [InlineData("A01", "", "active")]
    [InlineData("A03", "", "completed")]
    [InlineData("A08", "20260312070000", "completed")]
    [InlineData("A13", "20260312070000", "active")]
    [InlineData("A14", "", "planned")]
    [InlineData("A11", "", null)]
    [InlineData("A23", "20260312070000", null)]
    [InlineData("A27", "", null)]
    [InlineData("A38", "", null)]
    public void A_place_is_active_only_while_somebody_is_there(string happened, string discharged, string? status)
    {
        var visit = $"PV1|1|I|WARD^3^1||||||||RADIO||||||||V1{new string('|', 26)}{discharged}\r";
        var places = Demo.Translate(Message(happened, visit)).One("Encounter")["location"].Items();

        Assert.Equal(2, places.Count);
        Assert.Equal(status, places[0]["status"].AsString());
        Assert.Equal(happened == "A14" ? "active" : status, places[1]["status"].AsString());
    }

    private static string Message(string happened, string rest) =>
        $"MSH|^~\\&|REG|ST_BRIGID|ISTHMUS|REGION|20260312081500||ADT^{happened}|1|P|2.5.1\rEVN|{happened}|20260312081500\r{Person}{rest}";
}

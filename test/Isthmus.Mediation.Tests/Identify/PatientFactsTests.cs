using Isthmus.Mediation.Identify;

namespace Isthmus.Mediation.Tests.Identify;

public sealed class PatientFactsTests
{
    private static readonly byte[] Key = new byte[32];

    [Theory]
    [InlineData("Müller", "MULLER")]
    [InlineData("Müller", "Mu\u0308ller")]
    [InlineData("O'Neil", "O Neil")]
    [InlineData("O´Neil", "oneil")]
    [InlineData("Ångström-Łódź", "angstrom lodz")]
    public void A_name_is_the_same_however_it_is_typed(string one, string other) =>
        Assert.Equal(PatientFacts.TextKey(Key, "family", one), PatientFacts.TextKey(Key, "family", other));

    [Fact]
    public void Another_name_is_another()
    {
        Assert.NotEqual(PatientFacts.TextKey(Key, "family", "Müller"), PatientFacts.TextKey(Key, "family", "Miller"));
        Assert.NotEqual(PatientFacts.TextKey(Key, "family", "Müller"), PatientFacts.TextKey(Key, "given", "Müller"));
        Assert.Equal(0, PatientFacts.TextKey(Key, "family", " - "));
    }
}

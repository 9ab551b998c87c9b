/** Classifications that every catalog of OpenMetadata has, with their tags. Each allows one of its tags per entity. */
export const classifications: readonly { name: string; description: string; tags: Readonly<Record<string, string>> }[] =
  [
    {
      name: "PII",
      description: "Whether data tells who a person is.",
      tags: {
        None: "Nothing in it points at a person.",
        NonSensitive: "It points at a person but may be known to anyone.",
        Sensitive: "It points at a person and would do harm in the wrong hands.",
      },
    },
    {
      name: "PersonalData",
      description: "Personal data as the General Data Protection Regulation of the EU sees it.",
      tags: {
        Personal: "Data about a person who can be told by it.",
        SpecialCategory: "Data of which the regulation forbids most uses, such as health or belief.",
      },
    },
    {
      name: "Tier",
      description: "How much depends on the data.",
      tags: {
        Tier1: "The company cannot work without it.",
        Tier2: "Several departments decide by it.",
        Tier3: "One department works with it.",
        Tier4: "A team uses it now and then.",
        Tier5: "Private or experimental; nobody depends on it.",
      },
    },
    {
      name: "Certification",
      description: "How far the data has been checked.",
      tags: {
        Gold: "Checked throughout, and watched.",
        Silver: "Checked in what matters most.",
        Bronze: "Checked in its outlines.",
      },
    },
  ];

export const users = [
  { name: "admin", email: "admin@omd.local", displayName: "Administrator", isAdmin: true },
  { name: "ingestion-bot", email: "ingestion-bot@omd.local", displayName: "Ingestion", isBot: true },
] as const;

export const organization = {
  name: "Organization",
  teamType: "Organization",
  description: "Everybody who uses this catalog.",
} as const;

import type { SandboxSeed } from './seed.ts';
import type { User } from './state.ts';

/** The user who may log in, unless the seed names another. */
export const defaultUser: User = {
  username: 'support@sharefox.example',
  password: 'sandbox-password',
  applicationId: 'a0000000-0000-4000-8000-000000000001',
};

/** Two rental companies with a few entities each; one customer is in both books. */
export const defaultSeed: SandboxSeed = {
  companies: [
    {
      clientId: 501,
      identityId: '1d000000-0000-4000-8000-000000000501',
      name: 'Fjord Utleie AS',
      organizationNumber: '912345678',
      categories: [{ name: 'Diverse' }],
      products: [{ name: 'Frakt', categoryId: 1, price: '490.00' }],
      customers: [
        {
          name: 'Nordmann',
          firstName: 'Kari',
          type: 'Consumer',
          workEmail: 'kari.nordmann@example.no',
        },
        {
          name: 'Bygg & Anlegg AS',
          type: 'Business',
          organizationNumber: '987 654 321',
          workEmail: 'post@byggoganlegg.example.no',
          invoiceEmail: 'faktura@byggoganlegg.example.no',
        },
        { name: 'Hansen', firstName: 'Ola', type: 'Consumer', workEmail: 'ola.hansen@example.no' },
      ],
    },
    {
      clientId: 502,
      identityId: '1d000000-0000-4000-8000-000000000502',
      name: 'Berg Maskin AS',
      organizationNumber: '923456789',
      categories: [{ name: 'Maskiner' }],
      products: [{ name: 'Leie', categoryId: 1 }],
      customers: [
        {
          name: 'Dal Entreprenør AS',
          type: 'Business',
          organizationNumber: '976543210',
          workEmail: 'post@dalentreprenor.example.no',
        },
        { name: 'Nordmann', firstName: 'Kari', type: 'Consumer', workEmail: 'kari.nordmann@example.no' },
      ],
    },
  ],
};
